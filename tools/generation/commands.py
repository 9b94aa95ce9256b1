"""The subcommands of tools/generate.py."""

from __future__ import annotations

import io
import pathlib
import time

import numpy as np

from tfgan_ref import documents, inference, picture_files, precision
from tfgan_ref.errors import UserError
from tfgan_ref.outputs import check_writable, write_bytes
from tfgan_ref.pictures import columns, grid
from tools.generation import (
    arithmetic,
    classes,
    interpolation,
    neighbours,
    pictures,
    projection,
    sampling,
)

_SETTINGS = {
    f"{name}?": (str, None)
    for name in ("dataset", "split", "data_dir", "fit", "background")
}
_GREY = 128  # Between two parts of a picture.


def images(flags) -> None:
    """Samples of the seeds from --seed on, or of those of one class.

    A grid of a conditional model has one class per column.
    """
    out = pathlib.Path(flags.out).expanduser()
    paths = _paths(flags, out)
    model = _load(flags)
    _check_text(model, flags.text)
    seeds, labels = sampling.choose(
        model, flags.label, flags.count, flags.seed, flags.truncation
    )
    if flags.label is not None:
        # Named by the seeds, which were not known before.
        paths = _paths(flags, out, seeds)
    some = None if labels is None else labels[:64]
    # The first call compiles.
    sampling.draw(model, seeds[:64], flags.truncation, some, flags.text)
    begin = time.perf_counter()
    pixels = sampling.draw(model, seeds, flags.truncation, labels, flags.text)
    rate = len(seeds) / (time.perf_counter() - begin)
    if flags.format == "npz":
        _write_npz(paths[0], pixels, seeds, labels)
    elif flags.format == "gif":
        pictures.write_gif(paths[0], pixels, flags.zoom, flags.milliseconds)
    elif flags.grid and labels is not None and flags.label is None:
        names = classes.names(model)
        picture = columns(pixels, labels, names, most_rows=len(pixels))
        pictures.write_png(paths[0], picture, flags.zoom)
    elif flags.grid:
        pictures.write_png(paths[0], grid(pixels), flags.zoom)
    else:
        for path, image in zip(paths, pixels, strict=True):
            pictures.write_png(path, image, flags.zoom)
    print(f"{len(pixels)} images, {rate:,.0f} images/s: {out}")


def _check_text(model, text):
    """Refuses a text that the model takes none of, or that is missing."""
    if model.is_of_texts and text is None:
        raise UserError(
            f"{model.path} is asked for a text, --text=... was expected. "
            "Received: none"
        )
    if text is not None and not model.is_of_texts:
        raise UserError(
            f"{model.path} is asked for no text. Received: --text={text}"
        )


def interpolate(flags) -> None:
    """Strips and an animation of the ways between the samples of seeds."""
    strip, animation = _free(flags, "strip.png", "animation.gif")
    model = _load(flags)
    label = classes.of_latents(model, flags.label)
    ways = pictures.to_uint8(
        interpolation.paths(model, flags.seeds, flags.frames, flags.kind, label)
    )
    pictures.write_png(strip, pictures.table(ways), flags.zoom)
    frames = ways.reshape(-1, *ways.shape[2:])
    pictures.write_gif(animation, frames, flags.zoom, flags.milliseconds)
    print(f"{flags.kind}, {len(ways)} x {flags.frames} images: {strip}")
    print(f"animation: {animation}")


def combine(flags) -> None:
    """A - B + C of concepts, each some seeds."""
    (path,) = _free(flags, "arithmetic.png")
    model = _load(flags)
    concepts, results = arithmetic.draw(
        model,
        np.array([flags.a, flags.b, flags.c]),
        flags.seed,
        classes.of_latents(model, flags.label),
    )
    left = pictures.table(pictures.to_uint8(concepts))
    right = pictures.table(pictures.to_uint8(results))
    gap = np.full((len(left), 4, left.shape[-1]), _GREY, np.uint8)
    picture = np.concatenate([left, gap, right], 1)
    pictures.write_png(path, picture, flags.zoom)
    print(
        "A, B, C from top to bottom with their averages, and A - B + C among "
        f"its neighbours: {path}"
    )


def project(flags) -> None:
    """The latent whose image is nearest to a given one."""
    path, latents_path = _free(flags, "projection.png", "latents.npy")
    model = _load(flags)
    label = classes.of_latents(model, flags.label)
    image = _read(pathlib.Path(flags.image).expanduser(), model)
    latents, errors = projection.project(
        model,
        image,
        starts=flags.starts,
        steps=flags.steps,
        rate=flags.rate,
        first_seed=flags.seed,
        label=label,
    )
    if not np.isfinite(errors).all():
        raise UserError(
            "A smaller --rate was expected: the search ended in what is no "
            f"number. Received: --rate={flags.rate:g}"
        )
    found = model.generate(latents, label)
    row = pictures.to_uint8(np.concatenate([image[None], found]))
    pictures.write_png(path, pictures.table(row[None]), flags.zoom)
    content = io.BytesIO()
    np.save(content, latents, allow_pickle=False)
    write_bytes(latents_path, content.getvalue())
    print(
        f"root mean squared error {errors[0]:.4f}, of {flags.starts} starts "
        f"{errors[0]:.4f} to {errors[-1]:.4f}"
    )
    print(f"the image and what was found, the best first: {path}")
    print(f"their latents: {latents_path}")


def nearest(flags) -> None:
    """Samples, each followed by the training images that are nearest."""
    from tfgan_ref.data import images as data_images

    (path,) = _free(flags, "neighbours.png")
    model = _load(flags)
    seeds, labels = sampling.choose(model, flags.label, flags.count, flags.seed)
    samples = sampling.draw(model, seeds, labels=labels)
    _, size, _, channels = samples.shape
    settings = _settings(model)
    dataset = flags.dataset or settings.get("dataset")
    if not dataset:
        raise UserError(f"{model.path} does not tell its --dataset")
    data = data_images.load(
        dataset,
        split=flags.split or settings.get("split") or "train",
        image_size=size,
        channels=channels,
        data_dir=flags.data_dir or settings.get("data_dir"),
        fit=settings.get("fit") or "crop",
        background=settings.get("background") or "white",
    )
    if flags.k > len(data):
        raise UserError(
            f"--k must be at most {len(data)}, the number of images in "
            f"{data.name}. Received: {flags.k}"
        )
    indices, distances = neighbours.nearest(samples, data.images, flags.k)
    rows = np.concatenate([samples[:, None], data.images[indices]], 1)
    pictures.write_png(path, pictures.table(rows), flags.zoom)
    print(
        f"root mean squared difference to the nearest of {len(data)} images: "
        f"mean {distances[:, 0].mean():.4f}, least {distances[:, 0].min():.4f}"
    )
    print(f"samples, and the {flags.k} nearest: {path}")


def _load(flags):
    if flags.bfloat16:
        precision.warn_of_emulation()
    return inference.load(
        flags.model,
        checkpoint=flags.checkpoint,
        averaged=flags.ema,
        bfloat16=flags.bfloat16,
    )


def _paths(flags, out, seeds=None):
    """The files of `images`, none of which is there yet."""
    if flags.format == "png" and not flags.grid:
        if seeds is None:
            seeds = range(flags.seed, flags.seed + flags.count)
        names = [f"seed_{seed:06d}.png" for seed in seeds]
        return _free(flags, *names)
    if out.suffix == f".{flags.format}":
        return _unused(flags, [out])
    name = "grid" if flags.grid else "samples"
    return _free(flags, f"{name}.{flags.format}")


def _free(flags, *names):
    """Files in the folder --out."""
    folder = pathlib.Path(flags.out).expanduser()
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--out must be a folder. Received: {folder}")
    return _unused(flags, [folder / name for name in names])


def _unused(flags, paths):
    check_writable(*paths)
    there = [path for path in paths if path.exists()]
    if there and not flags.overwrite:
        raise UserError(
            f"{there[0]} is there already: choose another --out or give "
            "--overwrite"
        )
    return paths


def _write_npz(path, pixels, seeds, labels):
    asked = {} if labels is None else {"labels": labels}
    content = io.BytesIO()
    np.savez(content, images=pixels, seeds=seeds, **asked)
    write_bytes(path, content.getvalue())


def _read(path, model):
    """An image file as float32 of the model's shape, in [0, 1]."""
    outputs = model.signature("generate").structured_outputs
    background = _settings(model).get("background") or "white"
    return picture_files.read_as(
        path,
        tuple(outputs["images"].shape[1:]),
        background=picture_files.parse_colour(background),
    )


def _settings(model):
    """The flags of the run, where the model tells them."""
    settings = model.card.get("settings", {})
    documents.check(model.path, settings, _SETTINGS)
    return settings
