"""What tools/edit.py does: strokes, or a completion, from flags to files."""

from __future__ import annotations

import pathlib

import numpy as np

from tfgan_ref import recorded
from tfgan_ref.editing import blending, constraint
from tfgan_ref.editing.constraint import Constraint
from tfgan_ref.editing.latent_space import LatentSpace
from tfgan_ref.editing.solving import nearest, solve
from tfgan_ref.errors import UserError
from tools.editing import writing
from tools.editing.reading import Reader
from tools.editing.writing import Edit
from tools.generation import classes, interpolation, opening

_GREY = 0.5  # Of hidden pixels.


def edit(flags) -> None:
    """Solves what is asked of a picture, writes it and says how well.

    Raises:
        UserError: a file or the model does not fit, or a file is there.
    """
    make, rows = _KINDS["completion" if flags.complete else "strokes"]
    names = writing.names(rows, flags.frames)
    paths = dict(zip(names, opening.free(flags, *names), strict=True))
    target = pathlib.Path(flags.json).expanduser() if flags.json else None
    recorded.check_writable(target)
    model = opening.load(flags)
    space = LatentSpace.of_model(model, classes.of_latents(model, flags.label))
    outputs = model.signature("generate").structured_outputs
    reader = Reader(
        flags.picture,
        tuple(outputs["images"].shape[1:]),
        method=flags.fit,
        background=opening.background(model),
    )
    made = make(flags, model, space, reader)
    content = writing.write(paths, made, flags)
    if target:
        recorded.write(target, recorded.circumstances("edit") | content)
    for line in made.lines:
        print(line)
    print(f"before, the way and after: {paths['strip.png']}")
    print(f"errors and settings: {paths['edit.json']}")


def _strokes(flags, model, space, reader) -> Edit:
    """The projection of the picture, moved towards the strokes' colours."""
    picture = reader.picture
    colours, opacity = reader.strokes(flags.strokes)
    wanted = Constraint(colours, opacity)
    whole = constraint.whole(picture)
    how = {"steps": flags.steps, "rate": flags.rate}
    starts = _starts(flags, model, space, whole, picture)
    start = solve(space, whole, starts, **how).latents[0]
    found = solve(
        space,
        wanted,
        space.near(start, _seeds(flags, max(flags.starts, 1))),
        origin=start,
        closeness=flags.closeness,
        prior_weight=flags.prior_weight,
        **how,
    )
    way = _way(flags, space, start, found.latents[0])
    changed = [blending.transferred(picture, way[0], image) for image in way]
    asked = opacity * colours + (1.0 - opacity) * picture
    errors = {
        "projection": whole.error(way[0]),
        "before": wanted.error(way[0]),
        "after": wanted.error(way[-1]),
        "after_blended": wanted.error(changed[-1]),
    }
    moved = np.sqrt(np.mean((found.latents[0] - start) ** 2))
    lines = [
        f"projection, the best of {len(starts)} starts: root mean squared "
        f"error {errors['projection']:.4f}",
        _line("strokes", opacity, errors),
        f"numbers of z moved by {moved:.3f}, root mean square",
    ]
    rows = np.stack([way, np.stack(changed)])
    return Edit(picture, np.stack([picture, asked]), rows, errors, lines)


def _complete(flags, model, space, reader) -> Edit:
    """The hidden pixels, of the latent that fits the known ones best."""
    picture = reader.picture
    hidden = reader.mask(flags.mask)
    wanted = constraint.known(picture, hidden)
    mean = picture[~hidden[..., 0]].mean(0)  # For an encoder.
    guessed = blending.pasted(picture, mean, hidden)
    found = solve(
        space,
        wanted,
        _starts(flags, model, space, wanted, guessed),
        prior_weight=flags.prior_weight,
        steps=flags.steps,
        rate=flags.rate,
    )
    way = _way(flags, space, found.starts[0], found.latents[0])
    errors = {"before": wanted.error(way[0]), "after": wanted.error(way[-1])}
    masked = blending.pasted(picture, np.float32(_GREY), hidden)
    rows = [
        way,
        [blending.pasted(picture, image, hidden) for image in way],
        [blending.seamless(picture, image, hidden) for image in way],
    ]
    beside = np.stack([masked, masked, picture])
    lines = [_line("known pixels", wanted.weights, errors)]
    return Edit(masked, beside, np.stack([*map(np.stack, rows)]), errors, lines)


# What makes it, and the names of the rows of its strip.
_KINDS = {
    "strokes": (_strokes, ("generated", "blended")),
    "completion": (_complete, ("generated", "pasted", "blended")),
}


def _seeds(flags, count):
    return np.arange(flags.seed, flags.seed + count)


def _starts(flags, model, space, wanted, picture):
    """The encoder's guess, where there is one, and the best of some draws.

    Returns:
        float32 `[starts, latent_dim]`.
    """
    starts = []
    if "encode" in model.signatures:
        codes = model.call("encode", images=picture[None])
        starts.append(np.asarray(space.within(codes["latents"])))
    if flags.starts:
        drawn = model.latents(_seeds(flags, flags.draws))
        starts.append(nearest(space, wanted, drawn, flags.starts))
    if not starts:
        raise UserError(
            f"{model.path} has no encoder: --starts=1 or more was expected. "
            "Received: --starts=0"
        )
    return np.concatenate(starts)


def _way(flags, space, start, end):
    """The images on the line between two latents, as iGAN morphs them."""
    shares = np.linspace(0.0, 1.0, flags.frames)
    return space.images(interpolation.linear(start, end, shares))


def _line(name, weights, errors):
    count = np.count_nonzero(weights >= 0.5)
    return (
        f"{name}, {count} of {weights.size} pixels: root mean squared error "
        f"{errors['before']:.4f} before, {errors['after']:.4f} after"
    )
