"""The kinds of recorded results: a schema of each, see documents.py."""

from __future__ import annotations

from tfgan_ref.documents import ANY, COUNT, NUMBER

CIRCUMSTANCES = {
    "kind": str,
    "command": str,
    "revision": str,
    "dirty?": bool,  # Of code that the commit does not hold.
    "versions": {str: str},
    "hardware": {"cpu": str, "cores": COUNT, "gpus": COUNT},
    "details?": str,
}
_SCORE = {"value": NUMBER, "error?": NUMBER}
_TIMES = ({"best": float, "median": float}, None)
_SPREAD = {
    "classes_covered": float,
    "class_entropy": float,
    "confidence": float,
}
# Kind -> schemas of the summary and of the details.
KINDS: dict[str, tuple[dict, dict]] = {
    "run": (
        {
            "seed": int,
            "steps": COUNT,
            "wall_seconds": float,
            "metrics": {str: NUMBER},  # The last ones.
            "late?": {"evaluations": COUNT, str: NUMBER},  # Means.
            "settings": {"batch_size": COUNT, "discriminator_steps": COUNT},
        },
        {
            "evaluations?": {"step": [COUNT], str: [(NUMBER, None)]},
            "first_steps?": {str: [(NUMBER, None)]},  # Losses of each.
            "curves?": {"step": [COUNT], str: [NUMBER]},
            "samples?": {str: [[NUMBER]]},
            "means?": [[float]],
            "starts?": [dict],
        },
    ),
    # What today's code makes of the runs' first steps, see verdicts of names.
    "first_steps": (
        {"counts": {str: COUNT}},
        {
            "same": {str: str},  # The code that gave it.
            "differ": {str: str},  # Where first.
            "unchecked": {str: str},  # Why.
        },
    ),
    "benchmark": (
        {
            "batch_size": COUNT,
            "threads": COUNT,
            "gemm_gflops?": float,
            "gemm_gflops_bfloat16?": float,
            "gemm_gflops_100_rows?": float,
            "floor_ms": (float, None),
            "ours?": _TIMES,
            "ours_bfloat16?": _TIMES,
            "ratios": {str: float},
        },
        {},
    ),
    "scaling": (
        {
            "batch_size": COUNT,  # Of a replica.
            "milliseconds": {str: {"best": float, "median": float}},
            "images_per_second": {str: float},
            "collectives": [COUNT],  # Numbers that each reduction takes.
            "input_ms": float,
            "reductions_ms": float,  # Of all of a step.
            "reduction_ms": {str: float},  # Numbers -> of one.
            "link": {"gbits": float, "hop_microseconds": float},
            "modelled": [
                {
                    "workers": COUNT,
                    "is_here": bool,
                    "compute": float,  # Milliseconds, and so the next two.
                    "statistics": float,
                    "gradients": float,
                    "efficiency": float,
                }
            ],
        },
        {},
    ),
    "serving": (
        {
            "model": str,
            "gemm_gflops": float,
            "mflop_per_image": float,
            "samples": {"count": COUNT, str: float},
            "samples_bfloat16_per_second?": (float, None),
            "png_per_second?": float,
            "latency_ms": {str: {"calls": COUNT, str: float}},
        },
        {},
    ),
    "convolutions": ({"gflops": {str: {"best": float, "median": float}}}, {}),
    "diversity": (
        {
            "classifier": {"sha256": str},
            "samples": COUNT,
            "seed": COUNT,
            "prior?": str,
            "mean?": _SPREAD,
            "standard_deviation?": _SPREAD,
        },
        {"generators": [_SPREAD, ...]},
    ),
    "arithmetic": (
        {
            "trials": COUNT,
            "samples": COUNT,
            "seed": COUNT,
            "chance": float,
            "classifiers": {str: float},  # Their accuracy.
            "shares": {str: {"tone": float, "person": float, "both": float}},
        },
        {"concepts": {str: COUNT}},
    ),
    "representation": (
        {
            "model": str,
            "dataset": str,
            "split": str,
            "counts": {"train": COUNT, "test": COUNT},
            "seed": COUNT,
            "checkpoint": COUNT,
            "averaged": bool,
            # Of the trained network, the initial one, and pixels.
            "representations": {
                str: {
                    "features": COUNT,
                    "c": float,
                    "held_out": float,
                    "accuracy": _SCORE,
                }
            },
            "seconds": float,
        },
        {},
    ),
    "neighbours": (
        {
            "model": str,
            "dataset": str,
            "split": str,
            "counts": {"samples": COUNT, "real": COUNT, "test": COUNT},
            "seed": COUNT,
            "checkpoint": (COUNT, None),
            "averaged": (bool, None),
            "errors": {"samples": _SCORE, "real": _SCORE},
            "seconds": float,
        },
        {},
    ),
    # Of levels in [0, 1], root mean squared.
    "edit": ({"errors": {str: float}, "settings": {str: ANY}}, {}),
    "ensemble": (
        {
            "examples": COUNT,
            "errors": {str: COUNT},
            "steps?": {str: (COUNT, None)},
            "ensemble": COUNT,
        },
        {},
    ),
    "evaluation": (
        {
            "metrics": {
                str: {
                    "value": NUMBER,
                    "error?": NUMBER,
                    "standard_deviation?": NUMBER,
                    "real?": NUMBER,
                    "real_test?": NUMBER,
                    "note?": str,
                }
            },
            "extractor": (
                {"name": str, "sha256": (str, None), "resize": (str, None)},
                None,
            ),
            "dataset": str,
            "split": str,
            "counts": {"samples": COUNT, "real": COUNT},
            "seed": COUNT,
            "checkpoint": (COUNT, None),
            "averaged": (bool, None),
            "seconds": float,
        },
        {
            "models": [{"model": str, "scores": {str: NUMBER}}, ...],
            "curves?": [
                {"step": [COUNT], "scores": {str: [(NUMBER, None)]}},
                ...,
            ],
        },
    ),
    "likelihood": (
        {
            "model": str,
            "prior": str,
            "dataset": str,
            "split": str,
            "counts": {"images": COUNT, "samples": COUNT},
            "variance": float,
            "distributions": COUNT,
            "chains": COUNT,
            "seed": COUNT,
            "checkpoint": (COUNT, None),
            "averaged": (bool, None),
            "log_likelihood": _SCORE,  # In nats, as are the next two.
            "gap": _SCORE,
            "parzen": _SCORE | {"note": str},
            "acceptance": {"data": float, "forward": float, "back": float},
            "seconds": float,
        },
        {
            "images": [NUMBER],
            "samples": {"lower": [NUMBER], "upper": [NUMBER]},
        },
    ),
    "taxonomy": (
        {
            "settings": {"task": str, "dataset": str, "train_steps": COUNT},
            "own_nats?": {str: (float, None)},  # Of a task's own law.
            # Of each family and task; null where there is no density.
            "nats": {str: {str: (float, None)}},
        },
        {
            "rows": {
                str: {
                    str: {
                        "density": str,
                        "error": (float, None),
                        "evaluations": COUNT,
                        "sample_seconds": float,
                        "parameters": COUNT,
                        "train_seconds": float,
                        "judged": {str: NUMBER},
                    }
                }
            }
        },
    ),
    "figures": (
        {"names": [str]},
        {
            "figures": {
                str: {
                    "head?": str,
                    "numbers": {
                        str: {
                            "what": str,
                            "measured": NUMBER,
                            "expected": (NUMBER, None),
                            "by": (str, None),
                        }
                    },
                }
            }
        },
    ),
}
