"""The flags of recipes that measure their images as they train."""

from __future__ import annotations

from absl import flags

from recipes.common import define
from recipes.common.unused import refuse_unused
from tfgan_ref import runtime
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.metrics import METRICS

_METRICS = flags.DEFINE_string(
    "metrics",
    None,
    "Such as fid,precision,recall: scores of samples every --eval_every "
    "steps; unset or empty: none. docs/evaluation.md has them all.",
)
_EXTRACTOR = flags.DEFINE_string(
    "extractor",
    "classifier",
    "What they see images by: classifier (of the data set, made where there "
    "is none), classifier:FILE, pixels, inception2015:FILE, "
    "inception_keras:FILE or user:FILE.",
)
_COUNT = define.whole(
    "eval_count",
    2048,
    "Samples that are measured, and as many real images.",
    low=2,
    high=10**6,
)
_EVAL_SHARE = define.number(
    "eval_share",
    0.1,
    "Of the run's time: where evaluations took more, one is left out, but "
    "for the first and the last.",
    above=True,
    high=1.0,
)
_KEEP_BEST = flags.DEFINE_string(
    "keep_best",
    None,
    "One of the scores, such as fid/classifier, whose best step stays in "
    "checkpoints/best/.",
)
_OF_METRICS = ("extractor", "eval_count", "eval_share", "keep_best")


def _are_metrics(text):
    names = text.split(",")
    return {*names} <= METRICS.keys() and len({*names}) == len(names)


flags.register_validator(
    "metrics",
    lambda text: not text or _are_metrics(text),
    f"some of {', '.join(METRICS)} between commas were expected",
)


def resolve(evaluates: bool = False) -> None:
    """Refuses what would have no effect, before any work.

    Args:
        evaluates: whether the recipe does so without these metrics, too.

    Raises:
        UserError: a flag without effect was set, or what is to be kept has no
            best.
    """
    if not _METRICS.value:
        own = () if evaluates else ("eval_every",)
        refuse_unused("without --metrics", *own, *_OF_METRICS)
        return
    if not _needs_extractor():
        refuse_unused(f"with --metrics={_METRICS.value}", "extractor")
    known = [_score(n) for n in _metrics() if METRICS[n].better]
    if _KEEP_BEST.value not in (None, *known):
        raise UserError(
            f"--keep_best: one of {', '.join(known)} was expected, as of "
            f"--metrics={_METRICS.value}. Received: {_KEEP_BEST.value}"
        )


def prepare(gan, split, load, load_test):
    """The evaluation that the flags describe; None where there is none.

    It takes the real images' own scores, and makes their classifier where
    there is none yet.

    Args:
        gan: compiled.
        split: name of the real images' split.
        load: function of nothing that gives the real images, labelled.
        load_test: the same of test images, or of None where there are none,
            which a classifier that is made is tested on.

    Raises:
        UserError: the images do not fit the metrics or the extractor, or the
            GAN is asked for no classes and a metric is of them.
    """
    for name in _metrics():
        if METRICS[name].needs_labels and "label" not in gan.conditions:
            raise UserError(
                f"--metrics: {name} is of conditional GANs. "
                f"Received: --metrics={_METRICS.value}"
            )
    is_wanted = _metrics() and not flags.FLAGS["dry_run"].value
    if not is_wanted or not runtime.is_chief(gan.distribute_strategy):
        return None
    from tfgan_ref.evaluation import image_evaluation, made_classifier
    from tfgan_ref.evaluation.real_images import RealImages

    data, by = load(), None
    if _needs_extractor():
        text = _EXTRACTOR.value
        test_data = load_test() if text == "classifier" else None
        by = made_classifier.extractor(text, data, test_data)
    real = RealImages(data, split, None, _COUNT.value)
    return image_evaluation.ImageEvaluation(_metrics(), real, by)


def config() -> dict[str, object]:
    """What the flags say for `training.Config`."""
    if not _metrics():
        return {}
    kept = [name for name in _metrics() if _score(name) == _KEEP_BEST.value]
    return {
        "eval_share": _EVAL_SHARE.value,
        "keep_best": _KEEP_BEST.value,
        "highest": any(METRICS[name].better == "higher" for name in kept),
    }


def _metrics():
    return _METRICS.value.split(",") if _METRICS.value else []


def _needs_extractor():
    return any(METRICS[name].by_extractor for name in _metrics())


def _score(name):
    """What a score is called that has a best."""
    by = _EXTRACTOR.value.partition(":")[0]
    return f"{name}/{by}" if METRICS[name].by_extractor else name
