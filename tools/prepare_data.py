"""Prepares MNIST, Fashion-MNIST or emoji: from the network or from files.

    python tools/prepare_data.py --dataset=fashion_mnist --data_dir=.data

Afterwards `tfds.load("fashion_mnist", data_dir=".data")` works. The four files
come from the first of these that has them:

1. the source that TFDS itself downloads from, where the network allows;
2. Debian's package dataset-fashion-mnist (`apt-get download`, no root needed);
3. `--idx_dir`, a folder with the four .gz files.

TFDS checks what it downloads; of the others' files the unpacked content is
checked, since the same data went round in differently packed files.

    python tools/prepare_data.py --dataset=emoji --data_dir=.data

lays down what `--dataset=emoji --data_dir=.data` of a recipe reads: the font
and the names of Debian's packages fonts-noto-color-emoji and unicode-data, or
those of `--font` and `--emoji_test`.
"""

from __future__ import annotations

import hashlib
import pathlib
import sys
import tempfile

from absl import logging

from tfgan_ref.command_line import Parser
from tfgan_ref.data import idx
from tfgan_ref.errors import UserError, guard, reason
from tfgan_ref.literal_path import literal

_DEBIAN_PACKAGE = "dataset-fashion-mnist"
_DEBIAN_FOLDER = "usr/share/datasets/fashion-mnist"

# SHA-256 of the unpacked files.
_CONTENT = {
    "mnist": {
        "train-images-idx3-ubyte.gz": (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
        ),
        "train-labels-idx1-ubyte.gz": (
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
        ),
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
        ),
        "train-labels-idx1-ubyte.gz": (
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
        ),
    },
}


def prepare(name: str, data_dir: str, idx_dir: str | None = None) -> str:
    """Prepares a data set unless it is prepared already.

    Args:
        name: `mnist` or `fashion_mnist`.
        data_dir: TFDS's folder.
        idx_dir: folder with the four .gz files, or None.

    Returns:
        Where the data came from, in words.

    Raises:
        UserError: no source has the files, or a file is not the known one.
    """
    import tensorflow_datasets as tfds

    from tfgan_ref.data import tfds_images
    from tools.preparing import debian

    tfds.disable_progress_bar()
    target = pathlib.Path(data_dir).expanduser()
    builder = tfds.builder(name, data_dir=literal(target))
    if builder.is_prepared():
        return "prepared before"
    if tfds_images.is_reachable(builder):
        try:
            target.mkdir(parents=True, exist_ok=True)
            builder.download_and_prepare()
            return "TFDS's own source"
        except Exception as error:
            # Whatever the network raises; the other sources are left.
            logging.warning("TFDS's own source failed: %s", reason(error))
    with tempfile.TemporaryDirectory() as scratch:
        is_fashion = name == "fashion_mnist"
        folder = None
        if is_fashion and (
            root := debian.unpack(_DEBIAN_PACKAGE, pathlib.Path(scratch))
        ):
            folder = root / _DEBIAN_FOLDER
        source = f"Debian's package {_DEBIAN_PACKAGE}"
        if folder is None and idx_dir is not None:
            folder, source = pathlib.Path(idx_dir).expanduser(), idx_dir
        if folder is None:
            raise UserError(
                f"No source of {name}: TFDS's own cannot be reached"
                + " and Debian's package is not to be had" * is_fashion
                + ". Expected: --idx_dir with the four .gz files"
            )
        _check_files(name, folder)
        try:
            target.mkdir(parents=True, exist_ok=True)
            _prepare_from(builder, folder, pathlib.Path(scratch), target)
        except OSError as error:
            raise UserError(
                f"Cannot write {data_dir}: {reason(error)}"
            ) from None
    return source


def _check_files(name: str, folder: pathlib.Path) -> None:
    """Raises `UserError` unless the folder holds the data set's own files."""
    for file_name, expected in _CONTENT[name].items():
        path = folder / file_name
        content = idx.unpack(path)
        digest = hashlib.sha256(content).hexdigest()
        if digest != expected:
            raise UserError(
                f"{path} is not the file that {name} is made of. Expected: "
                f"sha256 {expected} unpacked. Received: {digest}"
            )


def _prepare_from(builder, folder, scratch, target) -> None:
    """Runs the registered builder on local files.

    TFDS keeps the data set under its class's name and version, which the
    subclass shares; only the address of the files differs. It is that of
    links in `scratch`, since the folder's own path may hold what means
    something else in an address.
    """
    for file_name in _CONTENT[builder.name]:
        (scratch / file_name).symlink_to((folder / file_name).resolve())
    registered = type(builder)
    local = type(
        registered.__name__,
        (registered,),
        {
            "URL": f"file://{literal(scratch)}/",
            "__module__": registered.__module__,
        },
        skip_registration=True,
    )
    local(data_dir=literal(target)).download_and_prepare()


_OF_EMOJI = ["font", "emoji_test"]


def main(flags) -> None:
    """Prepares what the flags name."""
    print(f"Preparing {flags.dataset} in {flags.data_dir}", flush=True)
    if flags.dataset == "emoji":
        from tools.preparing import emoji

        source, licence = emoji.prepare(
            flags.data_dir, flags.font, flags.emoji_test
        )
        if licence:
            print(licence)
    else:
        source = prepare(flags.dataset, flags.data_dir, flags.idx_dir)
    print(f"{flags.dataset} is in {flags.data_dir} ({source})")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--dataset", default="fashion_mnist", choices=[*_CONTENT, "emoji"]
    )
    parser.add_argument("--data_dir", default=".data", help="TFDS's folder")
    parser.add_argument("--idx_dir", help="folder with the four .gz files")
    parser.add_argument("--font", help="of emoji: a .ttf of colour bitmaps")
    parser.add_argument("--emoji_test", help="Unicode's emoji-test.txt")
    flags = parser.parse_args(arguments)
    of_others = ["idx_dir"] if flags.dataset == "emoji" else _OF_EMOJI
    parser.refuse_unused(flags, f"with --dataset={flags.dataset}", *of_others)
    return flags


if __name__ == "__main__":
    # Of a file that is run only its own folder can be imported from.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
