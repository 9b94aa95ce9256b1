"""What Keras is to know by name of a saved GAN: importing it is enough."""

from tfgan_ref import (  # noqa: F401
    gumbel_prior,
    labelled_priors,
    mask_priors,
    optimizers,
    priors,
)
from tfgan_ref.layers import (  # noqa: F401
    bag_of_words,
    conditional_normalization,
    conditioning,
    draws,
    maxout,
    minibatch_features,
    noise,
    reference_normalization,
    token_lstm,
    weight_normalization,
)
from tfgan_ref.models import (  # noqa: F401
    aae,
    ali,
    bigan,
    categorical,
    categorical_aae,
    catgan,
    conditional,
    feature_game,
    feature_matching,
    infogan,
    lapgan,
    minibatch,
    next_frame,
    noise_contrastive,
    paired,
    srgan,
    string_game,
    text_game,
    token_game,
    unrolled,
    wgan,
)
