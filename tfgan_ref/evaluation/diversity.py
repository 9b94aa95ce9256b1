"""How many classes a generator's images cover, as a classifier sees them."""

from __future__ import annotations

import numpy as np

from tfgan_ref.errors import UserError


def measure(probabilities: np.ndarray) -> dict[str, float]:
    """Measures mode collapse onto classes.

    A generator that covers every class as often as the others has as many
    `classes_covered` as there are, and a `class_entropy` of log(classes); one
    that leaves classes out, or prefers some, has less. A low `confidence`
    says that the classifier often cannot tell, so that neither number means
    much. None of them says anything about diversity within a class: one image
    per class, repeated, is perfect here.

    Args:
        probabilities: float `[samples, classes]`, of the classes of generated
            images.

    Returns:
        dict with `classes_covered`, int, how many classes are the most
        probable one of at least one sample; `class_entropy`, float in
        [0, log(classes)], of the shares of the samples that go to each class,
        in nats; `confidence`, float, the mean of the largest probability;
        `samples`, int, how many there were.

    Raises:
        UserError: the probabilities are not of rank 2, empty or not finite.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or not probabilities.size:
        raise UserError(
            "Probabilities of shape [samples, classes] were expected, of one "
            f"sample at least. Received: shape {list(probabilities.shape)}"
        )
    finite = np.isfinite(probabilities).all(-1)
    if not finite.all():
        raise UserError(
            "Finite probabilities were expected. Received: others in "
            f"{np.sum(~finite)} of {len(finite)} samples"
        )
    counts = np.bincount(probabilities.argmax(-1))
    shares = counts[counts > 0] / len(probabilities)
    return {
        "classes_covered": len(shares),
        "class_entropy": float(np.sum(shares * np.log(1 / shares))),
        "confidence": float(probabilities.max(-1).mean(dtype=np.float64)),
        "samples": len(probabilities),
    }
