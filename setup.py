"""Packaging: the library, its recipes and its tools.

`make venv` installs it in place; `pip install .` elsewhere.
"""

import ast
import pathlib

import setuptools


def version():
    """The one number, read without importing what is not installed yet."""
    text = pathlib.Path("tfgan_ref/__init__.py").read_text(encoding="utf-8")
    (number,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__version__"
    )
    return number


setuptools.setup(
    name="tfgan_ref",
    version=version(),
    description="Goodfellow's NIPS 2016 GAN tutorial in TensorFlow and Keras",
    long_description=open("README.md", encoding="utf-8").read(),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    packages=setuptools.find_packages(
        include=["recipes*", "tfgan_ref*", "tools*"],
        # What maintainers run needs the checkout.
        exclude=["tools.dev*"],
    ),
    package_data={
        "tfgan_ref": ["py.typed"],
        "tfgan_ref.imitation": ["experts/*.json"],
        "tools.serving": ["*.config", "*.yaml"],
    },
    python_requires=">=3.10",
    install_requires=[
        "absl-py>=2.1",
        "fonttools>=4.53",
        # tensorflow-datasets 4.9.10 imports it without asking for it.
        "importlib_resources",
        # GAN overrides a private method of keras.Model: see gan.py.
        "keras>=3.12,<3.16",
        "numpy>=1.26",
        "pillow>=11",
        "scikit-learn>=1.5",
        "scipy>=1.11",
        "tensorboard>=2.20",
        "tensorflow>=2.20",
        "tensorflow-datasets>=4.9.8",
        # Of scikit-learn, which needs it as well.
        "threadpoolctl>=3.1",
        "tqdm>=4.66",
    ],
    extras_require={
        "benchmark": [
            # JAX and Flax have left Python 3.10.
            "flax>=0.12; python_version >= '3.11'",
            "jax>=0.10; python_version >= '3.11'",
            "matplotlib>=3.8",
            "optax>=0.2; python_version >= '3.11'",
            # The first that compiled the benchmark's gradients when tried.
            "torch>=2.13",
        ],
        "control": ["gymnasium>=1.0"],
        "figures": ["matplotlib>=3.8"],
        "test": [
            "gymnasium>=1.0",
            "matplotlib>=3.8",
            "mypy",
            "pytest>=8",
            "pytest-xdist>=3.6",
            "pyyaml",
            "ruff",
            # Builds the wheel that is tested.
            "setuptools>=70.1",
            "tensorflow-serving-api>=2.19",
        ],
        "gpu": ["tensorflow[and-cuda]>=2.20"],
        "profile": ["tensorboard-plugin-profile>=2.20"],
        "serving": ["tensorflow-serving-api>=2.19"],
    },
)
