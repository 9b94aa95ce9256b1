"""Counts the classes that generators cover, as a classifier sees them.

    python tools/evaluate_diversity.py --classifier=classifiers/mnist.keras \
        --model=runs/a/export/1500 --model=runs/b/export/1500

A generator is a SavedModel with the signature `generate`, as a recipe writes
it with --export. tools/train_classifier.py makes the classifier. For samples by
seed, and beside other scores, tools/evaluate.py has the same numbers:

    --metrics=classes_covered,class_entropy,confidence
"""

from __future__ import annotations

import math
import pathlib
import statistics
import sys

from tfgan_ref import ranges, recorded, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard

_PRIORS = ("uniform", "normal", "unit_uniform")
_NAMES = ("classes_covered", "class_entropy", "confidence")


def measure(flags, folder: pathlib.Path, network) -> dict[str, float]:
    """Measures the diversity of one generator.

    Args:
        flags: samples, batch_size, seed and prior. The latents are drawn at
            once, so that batch_size does not change them.
        folder: of the generator's SavedModel.
        network: the classifier's network, images -> probabilities.

    Raises:
        UserError: the generator cannot be loaded, or was trained on another
            prior, or its images are not of the classifier's shape, or not in
            [0, 1].
    """
    import numpy as np

    from tfgan_ref import inference
    from tfgan_ref.evaluation import diversity, image_source
    from tools.evaluation import drawn

    model = inference.load(folder)
    prior = drawn.prior_of(model, flags.prior)
    latents = prior.draw(flags.count, [flags.seed, 0])
    probabilities = []
    for first in range(0, flags.count, flags.batch_size):
        images = model.generate(latents[first : first + flags.batch_size])
        received, expected = images.shape[1:], network.input_shape[1:]
        if tuple(received) != expected:
            raise UserError(
                f"{folder} makes images of shape {list(received)}, the "
                f"classifier is for {list(expected)}"
            )
        image_source.check_range(str(model.path), images)
        probabilities.append(
            network(2.0 * images - 1.0, training=False).numpy()
        )
    return diversity.measure(np.concatenate(probabilities))


def main(flags) -> None:
    """Measures every generator, prints and records."""
    runtime.set_threads()  # Two batches of samples at a time.
    from tfgan_ref.evaluation import classifier

    target = flags.json and pathlib.Path(flags.json).expanduser()
    recorded.check_writable(target or None)
    path = pathlib.Path(flags.classifier).expanduser()
    judge = classifier.load(path)
    classes = judge.record["classes"]
    rows = []
    for generator in flags.model:
        folder = pathlib.Path(generator).expanduser()
        run = _run_of(folder)
        row = measure(flags, folder, judge.network)
        rows.append({"generator": generator} | row | run)
        print(
            f"{generator}: {row['classes_covered']} of {classes} classes, "
            f"entropy {row['class_entropy']:.3f} of {math.log(classes):.3f}, "
            f"confidence {row['confidence']:.3f}",
            flush=True,
        )
    spread = _spread(rows) if len(rows) > 1 else {}
    if target:
        recorded.write(target, _record(flags, judge.record, rows, spread))
    if spread:
        print(
            f"{len(rows)} generators, mean +- standard deviation: "
            "{} classes, entropy {}, confidence {}".format(
                *(f"{mean:.3f} +- {std:.3f}" for mean, std in spread.values())
            )
        )


def _run_of(folder):
    """How a generator came about, where it lies in a run's workdir."""
    from tfgan_ref.training.workdir import WorkDir

    workdir = WorkDir(folder.parent.parent)
    if not workdir.config.exists():
        return {}
    last = workdir.read_config()["starts"][-1]
    metrics = workdir.read_metrics()
    run = {name: last.get(name) for name in ("command", "revision")}
    if metrics:
        run |= {name: metrics[-1][name] for name in ("step", "seconds")}
    return {"run": run}


def _spread(rows):
    """Mean and standard deviation (n - 1) of each number."""
    columns = {name: [row[name] for row in rows] for name in _NAMES}
    return {
        name: (statistics.fmean(values), statistics.stdev(values))
        for name, values in columns.items()
    }


def _record(flags, judge, rows, spread):
    content = recorded.circumstances("diversity") | {
        "classifier": {
            name: judge[name]
            for name in ("sha256", "dataset", "test_accuracy", "classes")
        },
        "samples": flags.count,
        "seed": flags.seed,
        "prior": flags.prior,
        "generators": rows,
    }
    if spread:
        for i, name in enumerate(("mean", "standard_deviation")):
            content[name] = {key: pair[i] for key, pair in spread.items()}
    return content


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--classifier", default="classifiers/mnist.keras", help="a .keras file"
    )
    parser.add_argument(
        "--model",
        "--generator",
        action="append",
        required=True,
        help="export/<step> of a run; may be given several times",
    )
    parser.add_argument(
        "--count", "--samples", type=ranges.COUNT, default=10000
    )
    parser.add_argument(
        "--prior", choices=_PRIORS, default="uniform", help="as in training"
    )
    parser.add_argument(
        "--seed", type=ranges.SEED, default=0, help="of the latents"
    )
    parser.add_argument("--batch_size", type=ranges.BATCH_SIZE, default=500)
    parser.add_argument("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
