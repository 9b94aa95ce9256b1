"""What Keras is to know by name of a saved GAN: importing it is enough."""

from tfgan_ref import labelled_priors, optimizers, priors  # noqa: F401
from tfgan_ref.layers import (  # noqa: F401
    maxout,
    minibatch_features,
    noise,
    reference_normalization,
    weight_normalization,
)
from tfgan_ref.models import (  # noqa: F401
    aae,
    ali,
    bigan,
    categorical_aae,
    conditional,
    feature_matching,
    lapgan,
    minibatch,
    unrolled,
    wgan,
)
