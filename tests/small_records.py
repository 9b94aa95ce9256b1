"""Records of every kind, with little in them."""

import json

from tfgan_ref import recorded

CIRCUMSTANCES = {
    "command": "python some.py",
    "revision": "0123456789" * 4,
    "versions": {"keras": "3"},
    "hardware": {"cpu": "some CPU", "cores": 2, "gpus": 0},
}
_OF_KIND = {
    "run": {
        "seed": 4,
        "steps": 9,
        "wall_seconds": 60.0,
        "metrics": {},
        "settings": {},
    },
    "benchmark": {"batch_size": 64, "threads": 2, "ratios": {}},
    "arithmetic": {
        "trials": 9,
        "samples": 9,
        "seed": 0,
        "chance": 0.125,
        "classifiers": {},
        "shares": {},
        "concepts": {},
    },
    "diversity": {"classifier": {"sha256": "0"}, "samples": 9, "seed": 0},
    "ensemble": {"examples": 90, "errors": {"runs/a": 9}, "ensemble": 9},
    "figures": {"names": []},
    "likelihood": {
        "model": "runs/gan10",
        "prior": "Normal(dim=10)",
        "dataset": "mnist",
        "split": "test",
        "counts": {"images": 20, "samples": 9},
        "variance": 0.025,
        "distributions": 1000,
        "chains": 16,
        "seed": 0,
        "checkpoint": 9,
        "averaged": True,
        "log_likelihood": {"value": 321.09, "error": 7.04},
        "gap": {"value": 0.8},
        "parzen": {"value": 250.1, "error": 3.0, "note": "width 0.2"},
        "acceptance": {"data": 0.6, "forward": 0.6, "back": 0.6},
        "seconds": 9.0,
        "images": [],
        "samples": {"lower": [], "upper": []},
    },
    "representation": {
        "model": "runs/svhn",
        "dataset": "svhn_cropped",
        "split": "train",
        "counts": {"train": 1000, "test": 26032},
        "seed": 0,
        "checkpoint": 9,
        "averaged": False,
        "representations": {
            name: {
                "features": 7168,
                "c": 1e-3,
                "held_out": 0.75,
                "accuracy": {"value": value, "error": 0.0026},
            }
            for name, value in (
                ("pixels", 0.25),
                ("initial", 0.5),
                ("trained", 0.7707),
            )
        },
        "seconds": 9.0,
    },
    "neighbours": {
        "model": "runs/conditional",
        "dataset": "idx:.data/mnist",
        "split": "train",
        "counts": {"samples": 50000, "real": 40000, "test": 10000},
        "seed": 0,
        "checkpoint": 9,
        "averaged": True,
        "errors": {
            "samples": {"value": 0.0411, "error": 0.002},
            "real": {"value": 0.0325, "error": 0.0018},
        },
        "seconds": 9.0,
    },
    "edit": {"errors": {}, "settings": {}},
    "first_steps": {"counts": {}, "same": {}, "differ": {}, "unchecked": {}},
    "convolutions": {"gflops": {}},
    "scaling": {
        "batch_size": 64,
        "milliseconds": {},
        "images_per_second": {},
        "collectives": [500, 10**6],
        "input_ms": 0.25,
        "reductions_ms": 5.5,
        "reduction_ms": {"500": 0.6, "1000000": 4.6},
        "link": {"gbits": 10.0, "hop_microseconds": 50.0},
        "modelled": [
            {
                "workers": 2,
                "is_here": True,
                "compute": 110.0,
                "statistics": 0.6,
                "gradients": 4.5,
                "efficiency": 0.875,
            }
        ],
    },
}


def of_kind(kind, **content):
    """A record; of a run with some settings."""
    record = {"kind": kind} | CIRCUMSTANCES | _OF_KIND[kind] | content
    if kind == "run":
        usual = {"batch_size": 32, "discriminator_steps": 1}
        record["settings"] = usual | record["settings"]
    return record


def write(path, kind, **content):
    """Writes one."""
    recorded.write(path, of_kind(kind, **content))


def change(path, **content):
    """Writes into one of its files as somebody careless."""
    path.write_text(json.dumps(json.loads(path.read_text()) | content))
