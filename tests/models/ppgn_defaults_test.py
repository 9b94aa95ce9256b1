"""The numbers of PPGN here, beside which the docstrings say the released."""

import dataclasses

from tests.models.description import defaults
from tfgan_ref.models import ppgn
from tfgan_ref.plug_and_play import Chain


def test_numbers_are_those_of_the_docstrings():
    assert defaults(ppgn.build) == {
        "width": 64,
        "units": 512,
        "disturbance": 0.25,
        "image_weight": 1.0,
        "feature_weight": 1.0,
        "gan_weight": 0.03,
        "chain": None,
        "ema_decay": 0.0,
        "seed": 0,
    }
    assert dataclasses.asdict(Chain()) == {
        "steps": 50,
        "prior_weight": 1.0,
        "condition_weight": 3.0,
        "noise_weight": 0.2,
        "step_size": 1.0,
        "last_step_size": 1.0,
        "normalized": False,
        "highest": 30.0,  # As released.
    }
