"""The class that samples are to be of, as --class names it."""

from __future__ import annotations

from tfgan_ref.errors import UserError
from tfgan_ref.serving.served import inputs_of


def index(model, name: str) -> int:
    """The index of a class by its name, or by the index itself.

    Args:
        model: `tfgan_ref.inference.Model`.
        name: of the class.

    Raises:
        UserError: there is no such class, or the model knows of none.
    """
    known = names(model)
    if name in known:
        return known.index(name)
    if name.isdecimal() and int(name) < len(known):
        return int(name)
    raise UserError(f"There is no class {name}. There are: {', '.join(known)}")


def names(model) -> list[str]:
    """The names of a model's classes; their numbers where they have none.

    Those of categories, which are no classes of the data, are numbers.

    Raises:
        UserError: it knows of none, or does not tell.
    """
    count = _count(model)
    if not count:
        raise UserError(
            f"{model.path} knows no classes: a conditional model, or one that "
            "classifies, was expected"
        )
    if len(model.class_names) == count and model.asks_for != "category":
        return list(model.class_names)
    return [str(k) for k in range(count)]


def of_latents(model, name: str | None) -> int | None:
    """The class of the images of latents; None of an unconditional model.

    Args:
        model: as for `index`.
        name: of the class, or None.

    Raises:
        UserError: it must be asked for a class and is not, or it is and
            takes none.
    """
    if name is None and not model.is_conditional:
        return None
    if name is None:
        raise UserError(
            f"{model.path} is asked for a class: --class, one of "
            f"{', '.join(names(model))}, was expected. Received: none"
        )
    label = index(model, name)
    if not model.is_conditional:
        raise UserError(
            f"{model.path} finds a class among samples of seeds, and cannot "
            f"be asked for one here. Received: --class={name}"
        )
    return label


def _count(model):
    if model.is_conditional:
        return model.classes
    if model.asks_for == "category":
        return inputs_of(model.signature("generate"))["category"].shape[-1]
    if "classify" not in model.signatures:
        return 0
    outputs = model.signature("classify").structured_outputs
    return outputs["probabilities"].shape[-1]
