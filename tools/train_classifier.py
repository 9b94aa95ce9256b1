"""Trains a small classifier of images, for tools/evaluate.py and recipes.

    python tools/train_classifier.py --dataset=fashion_mnist \
        --out=classifiers/fashion_mnist.keras

Prints its accuracy on the test split. Beside the .keras file, a .json file of
the same name says what it is.
"""

from __future__ import annotations

import pathlib

from tfgan_ref import ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard


def main(flags) -> None:
    """Trains, tests, saves and prints."""
    from tfgan_ref.data import images
    from tfgan_ref.evaluation import classifier, made_classifier

    path = pathlib.Path(flags.out).expanduser()
    classifier.check_target(path)
    where = {
        "data_dir": flags.data_dir,
        "fit": flags.fit,
        "background": flags.background,
    }
    data = images.load(flags.dataset, image_size=flags.image_size, **where)
    height, _, channels = data.image_shape
    test_data = images.load(
        flags.dataset,
        split=flags.test_split,
        image_size=height,
        channels=channels,
        **where,
    )
    record = made_classifier.make(
        path,
        data,
        test_data,
        epochs=flags.epochs,
        batch_size=flags.batch_size,
        seed=flags.seed,
        settings={
            "test_split": flags.test_split,
            "fit": flags.fit,
            "background": flags.background,
        },
    )
    print(
        f"{record['test_accuracy']:.2%} of the {len(test_data)} images of "
        f"{flags.dataset}, {flags.test_split}, are classified right; trained "
        f"in {record['settings']['seconds']:.0f} s"
    )
    print(f"The classifier is in {path}")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--dataset", default="mnist", help="as for a recipe")
    parser.add_argument("--data_dir", help="as for a recipe")
    parser.add_argument("--test_split", default="test", help="to be tested on")
    parser.add_argument(
        "--image_size",
        type=ranges.PIXELS,
        help="pixels; unset: as the images are",
    )
    parser.add_argument(
        "--fit",
        default="crop",
        choices=("crop", "pad", "stretch"),
        help="as for a recipe",
    )
    parser.add_argument("--background", default="white", help="as for a recipe")
    parser.add_argument(
        "--out", default="classifiers/mnist.keras", help="where to write it"
    )
    parser.add_argument("--epochs", type=ranges.COUNT, default=6)
    parser.add_argument("--batch_size", type=ranges.BATCH_SIZE, default=128)
    parser.add_argument(
        "--seed",
        type=ranges.SEED,
        default=0,
        help="of weights, dropout and order",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
