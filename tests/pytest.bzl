"""A Bazel test that is a file of pytest."""

load("@rules_python//python:defs.bzl", "py_test")

def pytest_test(name, srcs, data = [], **kwargs):
    """Runs pytest on `srcs`; every argument of `py_test` but `main`, `args`.

    Args:
      name: of the target.
      srcs: the test's files, of this package.
      data: what it reads besides the configuration of pytest.
      **kwargs: of `py_test`.
    """
    py_test(
        name = name,
        srcs = srcs + ["//tests:run_pytest.py"],
        main = "//tests:run_pytest.py",
        args = [native.package_name() + "/" + src for src in srcs],
        data = data + ["//:pyproject.toml"],
        # Bazel would put empty __init__.py in place of what `deps` lacks.
        legacy_create_init = 0,
        **kwargs
    )
