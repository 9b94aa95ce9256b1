"""How the flags of recipes.common.image_data show in what is built."""

import numpy as np

from tests.recipes import flag_checks
from tests.recipes.experiment import examples
from tests.recipes.flag_checks import seen
from tfgan_ref import pictures
from tfgan_ref.data import minibatches

DEFAULTS = flag_checks.DEFAULTS | {
    "dataset": "fashion_mnist",
    "data_dir": None,
    "split": "train",
    "image_size": 28,
    "channels": "1",
    "fit": "crop",
    "background": "white",
    "augment": None,
    "diff_augment": None,
    "eval_every": 1000,
    "eval_count": 2048,
    "eval_share": 0.1,
    "metrics": None,
    "extractor": "classifier",
    "keep_best": None,
}
OTHERS = flag_checks.OTHERS | {
    "dataset": "mnist",
    "data_dir": "/data",
    "split": "test",
    "image_size": 32,
    "channels": "3",
    "fit": "pad",
    "background": "#204060",
    "export": True,
    "augment": "mirror",
    "diff_augment": "cutout,color",
    "eval_every": 8,
    "eval_count": 7,
    "eval_share": 0.5,
    "metrics": "precision,recall",
    "extractor": "pixels",
    "keep_best": "recall/pixels",
}


def _split(run, value):
    name = run.opened[0][0]
    pixels, labels = examples(name, value)
    assert run.opened[0][1] == value
    np.testing.assert_equal(len(run.data), len(pixels))
    if run.data.image_shape == pixels.shape[1:]:
        np.testing.assert_array_equal(run.data.images, pixels)


def augment(run, value):
    """Some of the images are seen from behind."""
    received = pixels(np.concatenate([x for x in run.minibatch if x.ndim == 4]))
    data = {x.tobytes() for x in run.data.images}
    strange = [x for x in received if x.tobytes() not in data]
    assert bool(strange) == (value == "mirror")
    assert {x[:, ::-1].tobytes() for x in strange} <= data


def diff_augment(run, value):
    expected = () if value is None else ("color", "cutout")
    assert run.gan.diff_augment == expected


def _metrics(run, value):
    """Of samples, and of one half of the images against the other."""
    if value is None:
        assert "evaluation" not in run.settings
        return
    received = {
        name
        for name in run.evaluate(run.gan).scalars
        if not name.startswith("eval/retrieval/")  # Of texts, by no extractor.
    }
    # Of classification, and of categories; of encoders:
    others = {"raw", "averaged", "majority", "one_to_one"}
    others |= {"error", "shuffled", "codes", "features", "untrained"}
    others |= {"surest", "clusters", "encoder"}
    received = {x for x in received if "super_resolution" not in x}
    assert {x for x in received if x.split("/")[-1] not in others} == {
        f"eval/{name}/{run.told['extractor']}{side}"
        for name in value.split(",")
        for side in ("", "/real")
    }


def _while_measured(check):
    """The check of a flag that has an effect beside --metrics alone."""
    return lambda run, value: run.told["metrics"] and check(run, value)


def _recorded(name):
    return seen(lambda run: run.settings["evaluation"][name])


def known(run):
    """Of images that may be in a minibatch, the labels by their bytes."""
    sides = (1, -1) if run.told["augment"] else (1,)
    return {
        x[:, ::side].tobytes(): label
        for side in sides
        for x, label in zip(run.data.images, run.data.labels, strict=True)
    }


CHECKS = flag_checks.CHECKS | {
    "dataset": seen(lambda run: run.opened[0][0]),
    "data_dir": seen(lambda run: run.opened[0][2]),
    "split": _split,
    "image_size": seen(lambda run: run.gan.generator.output_shape[1]),
    "fit": seen(lambda run: _same([how["fit"] for how in run.loaded])),
    "background": seen(
        lambda run: _same([how["background"] for how in run.loaded])
    ),
    "channels": seen(lambda run: str(run.gan.generator.output_shape[3])),
    "augment": augment,
    "diff_augment": diff_augment,
    "eval_every": flag_checks.eval_every,
    "eval_count": _while_measured(_recorded("eval_count")),
    "eval_share": _while_measured(seen(lambda run: run.config.eval_share)),
    "metrics": _metrics,
    "extractor": _while_measured(_recorded("extractor")),
    "keep_best": seen(lambda run: run.config.keep_best),
}


def _same(values):
    """Of the training and of the test set."""
    (value,) = set(values)
    return value


def stream(run):
    """Minibatches are images of the data, in [-1, 1]."""
    if run.told["augment"] is None:
        assert run.stream is minibatches.stream
    assert (run.draw, run.sample_count) == (pictures.draw_images, 64)
    (batch,) = run.minibatch
    assert {x.tobytes() for x in pixels(batch)} <= known(run).keys()


def pixels(images):
    """Of images in [-1, 1]."""
    return np.rint(images * 127.5 + 127.5).astype(np.uint8)


def not_evaluated(run):
    """But where there are --metrics."""
    assert (run.evaluate is None) == (run.told["metrics"] is None)
    assert run.config.highest == (run.config.keep_best == "recall/pixels")
