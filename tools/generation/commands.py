"""The subcommands of tools/generate.py."""

from __future__ import annotations

import io
import pathlib
import time

import numpy as np

from tfgan_ref import picture_files
from tfgan_ref.errors import UserError
from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import columns, grid
from tools.generation import (
    arithmetic,
    classes,
    interpolation,
    neighbours,
    opening,
    pictures,
    projection,
    sampling,
)

_GREY = 128  # Between two parts of a picture.


def images(flags) -> None:
    """Samples of the seeds from --seed on, or of those of one class.

    A grid of a conditional model has one class per column.
    """
    out = pathlib.Path(flags.out).expanduser()
    paths = _paths(flags, out)
    model = opening.load(flags)
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
    strip, animation = opening.free(flags, "strip.png", "animation.gif")
    model = opening.load(flags)
    label = classes.of_latents(model, flags.label)
    ways = pictures.to_uint8(
        interpolation.paths(model, flags.seeds, flags.frames, flags.kind, label)
    )
    frames = ways.reshape(-1, *ways.shape[2:])
    pictures.write_gif(animation, frames, flags.zoom, flags.milliseconds)
    pictures.write_png(strip, pictures.table(ways), flags.zoom)
    print(f"{flags.kind}, {len(ways)} x {flags.frames} images: {strip}")
    print(f"animation: {animation}")


def combine(flags) -> None:
    """A - B + C of concepts, each some seeds."""
    (path,) = opening.free(flags, "arithmetic.png")
    model = opening.load(flags)
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
    path, latents_path = opening.free(flags, "projection.png", "latents.npy")
    model = opening.load(flags)
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

    (path,) = opening.free(flags, "neighbours.png")
    model = opening.load(flags)
    seeds, labels = sampling.choose(model, flags.label, flags.count, flags.seed)
    samples = sampling.draw(model, seeds, labels=labels)
    _, size, _, channels = samples.shape
    settings = opening.settings(model)
    dataset = flags.dataset or settings.get("dataset")
    if not dataset:
        raise UserError(f"{model.path} does not tell its --dataset")
    if flags.dataset:
        # Neither where the run's data are nor which part it had.
        settings = settings | {"data_dir": None, "split": None}
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


def _paths(flags, out, seeds=None):
    """The files of `images`, none of which is there yet."""
    if flags.format == "png" and not flags.grid:
        if seeds is None:
            seeds = range(flags.seed, flags.seed + flags.count)
        names = [f"seed_{seed:06d}.png" for seed in seeds]
        return opening.free(flags, *names)
    if out.suffix.lower() == f".{flags.format}":
        return opening.unused(flags, [out])
    name = "grid" if flags.grid else "samples"
    return opening.free(flags, f"{name}.{flags.format}")


def _write_npz(path, pixels, seeds, labels):
    asked = {} if labels is None else {"labels": labels}
    content = io.BytesIO()
    np.savez(content, images=pixels, seeds=seeds, **asked)
    write_bytes(path, content.getvalue())


def _read(path, model):
    """An image file as float32 of the model's shape, in [0, 1]."""
    outputs = model.signature("generate").structured_outputs
    return picture_files.read_as(
        path,
        tuple(outputs["images"].shape[1:]),
        background=opening.background(model),
    )
