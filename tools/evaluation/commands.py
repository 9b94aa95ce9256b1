"""The work of tools/evaluate.py."""

from __future__ import annotations

from tfgan_ref import documents, inference, recorded
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import made_classifier, measuring
from tfgan_ref.evaluation.real_images import RealImages
from tfgan_ref.evaluation.real_scores import real_scores
from tfgan_ref.serving.served import inputs_of
from tools.evaluation import drawn, errors, measured, record

_ERRORS = "errors"  # Of classifiers: no score of samples.
_SETTINGS = {
    f"{name}?": (str, None)
    for name in ("dataset", "split", "data_dir", "fit", "background")
}


def evaluate(flags) -> dict:
    """Measures and prints; returns a record of what was measured.

    Raises:
        UserError: a model, the data set or the extractor does not fit.
    """
    if flags.metrics == _ERRORS:
        return _errors(flags)
    model, settings = open_model(flags.model[0], flags)
    shape = drawn.image_shape(model)
    split = flags.split or settings.get("split") or "train"
    trained_on = split == (settings.get("split") or "train")
    data = open_images(flags, settings, split, shape)
    test = _test_images(flags, settings, split, shape)
    names = _names(flags, trained_on, model.is_conditional)
    extractor = _extractor(flags, names, data, test)
    real = RealImages(
        data, split, test, flags.count, flags.seed, trained_on, whole=True
    )
    of_real = real_scores(names, real, extractor, per_class=flags.per_class)
    print(_compared(flags, real, extractor), flush=True)
    judge = measuring.Judge(
        names,
        real.chosen,
        extractor,
        train=real.train,
        seed=flags.seed,
        per_class=flags.per_class,
    )
    classes = int(data.labels.max()) + 1
    rows: list[list[measured.Measured]] = []
    for name in flags.model:
        rows.append([])
        for found in measured.measure(name, judge, classes, flags):
            rows[-1].append(found)
            print(record.title(found))
            print("\n".join(record.lines(found, of_real)), flush=True)
    if len(rows) > 1:
        print(f"{len(rows)} models, mean +- standard deviation:")
        print("\n".join(record.spread(rows)))
    facts = {
        "dataset": flags.dataset or settings["dataset"],
        "split": split,
        "counts": {"samples": flags.count, "real": real.chosen.count},
        "extractor": extractor
        and {
            "name": extractor.name,
            "sha256": extractor.sha256,
            "resize": extractor.resize,
        },
        "seed": flags.seed,
    }
    return record.evaluation(rows, of_real, facts)


def _errors(flags):
    model, settings = open_model(flags.model[0], flags)
    images_of = inputs_of(model.signature("classify"))["images"]
    split = flags.split or flags.test_split
    data = open_images(flags, settings, split, tuple(images_of.shape[1:]))
    result = errors.count(
        data,
        flags.model,
        flags.batch_size,
        checkpoint=flags.checkpoint,
        averaged=flags.ema,
    )
    print("\n".join(errors.lines(result)))
    return recorded.circumstances("ensemble") | result


def open_model(path, flags):
    """A model, and the flags of its run where it tells them.

    Args:
        path: of an export or a workdir.
        flags: `checkpoint`, `ema` and `dataset`.

    Raises:
        UserError: it cannot be loaded, or nobody tells the data set.
    """
    model = inference.load(
        path, checkpoint=flags.checkpoint, averaged=flags.ema
    )
    settings = model.card.get("settings", {})
    documents.check(model.path, settings, _SETTINGS)
    if not (flags.dataset or settings.get("dataset")):
        raise UserError(f"{model.path} does not tell its --dataset")
    return model, settings


def open_images(flags, settings, split, shape):
    """Images of a split, as the flags say, else as the run had them.

    Args:
        flags: `dataset`, `data_dir`, `fit` and `background`.
        settings: of `open_model`.
        split: its name.
        shape: `(size, size, channels)`.

    Raises:
        UserError: there are none.
    """
    own = flags.dataset is None
    return images.load(
        flags.dataset or settings["dataset"],
        split=split,
        image_size=shape[0],
        channels=shape[2],
        data_dir=flags.data_dir or (settings.get("data_dir") if own else None),
        fit=flags.fit or settings.get("fit") or "crop",
        background=flags.background or settings.get("background") or "white",
    )


def _test_images(flags, settings, split, shape):
    """Those of the test split, if there is one beside the other."""
    if split == flags.test_split:
        return None
    try:
        return open_images(flags, settings, flags.test_split, shape)
    except UserError as error:
        print(f"No scores of test images: {error}", flush=True)
        return None


def _names(flags, trained_on, is_conditional):
    """The metrics that are asked for, or all that there are here."""
    known = measuring.METRICS
    if flags.metrics is None:
        kind = flags.extractor.partition(":")[0]
        classifies = kind not in ("pixels", "user")
        has_classes = is_conditional and kind == "classifier"
        return [
            name
            for name, metric in known.items()
            if (trained_on or not metric.needs_train)
            and (classifies or not metric.needs_probabilities)
            and (has_classes or not metric.needs_labels)
        ]
    names = flags.metrics.split(",")
    for name in names:
        if name not in known or names.count(name) > 1:
            raise UserError(
                f"--metrics: some of {', '.join(known)} between commas, or "
                f"{_ERRORS} alone, were expected. Received: {flags.metrics}"
            )
    return names


def _extractor(flags, names, data, test):
    """None where no metric needs one."""
    if not any(measuring.METRICS[name].by_extractor for name in names):
        if flags.extractor != "classifier":
            raise UserError(
                f"--extractor has no effect with --metrics={flags.metrics}. "
                f"Received: --extractor={flags.extractor}"
            )
        return None
    return made_classifier.extractor(
        flags.extractor, data, test, lambda line: print(line, flush=True)
    )


def _compared(flags, real, extractor):
    """In one line what is compared with what, and by what."""
    by = ""
    if extractor:
        digest = f" {extractor.sha256[:12]}" if extractor.sha256 else ""
        resize = f", resize {extractor.resize}" if extractor.resize else ""
        by = f", by {extractor.name}{digest}{resize}"
    return (
        f"{flags.count} samples against {real.chosen.count} images of "
        f"{real.chosen.name}{by}; real: {real.halves[0].count} of them against "
        "as many others"
    )
