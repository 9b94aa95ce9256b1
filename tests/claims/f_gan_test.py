"""f-GAN: the nine games, of two Gaussians."""

import numpy as np
import pytest
from scipy import integrate, stats

from tests.claims.numbers import expected, measured
from tools.dev.tutorial_claims import f_gan

DATA, MODEL = stats.norm(0.4, 1.0), stats.norm(-0.3, 1.2)


def integral(function):
    return integrate.quad(function, -14, 14, limit=400, epsrel=1e-10)[0]


@pytest.fixture(scope="module")
def computed():
    return f_gan.compute()


def test_outputs_measure_the_nine_divergences(computed):
    p, q = DATA.pdf, MODEL.pdf

    def log_ratio(x):
        return DATA.logpdf(x) - MODEL.logpdf(x)

    def of_middle(x):
        middle = np.log((p(x) + q(x)) / 2)
        return p(x) * (DATA.logpdf(x) - middle) + q(x) * (
            MODEL.logpdf(x) - middle
        )

    kl = integral(lambda x: p(x) * log_ratio(x))
    reverse_kl = integral(lambda x: -q(x) * log_ratio(x))
    jensen_shannon = integral(of_middle)
    definitions = {
        "total_variation": integral(lambda x: abs(p(x) - q(x)) / 2),
        "kl": kl,
        "reverse_kl": reverse_kl,
        "pearson_chi_squared": integral(lambda x: (p(x) - q(x)) ** 2 / q(x)),
        # All of it: between -3.6 and 3.6 there is 1.21.
        "neyman_chi_squared": integral(lambda x: (p(x) - q(x)) ** 2 / p(x)),
        "squared_hellinger": integral(
            lambda x: (np.sqrt(p(x)) - np.sqrt(q(x))) ** 2
        ),
        "jeffreys": kl + reverse_kl,
        "jensen_shannon": jensen_shannon,
        "gan": jensen_shannon - np.log(4),
    }
    assert definitions["neyman_chi_squared"] == pytest.approx(1.671, abs=5e-4)
    for numbers in (measured(computed), expected(computed)):
        assert numbers.keys() == definitions.keys()
        for name, value in definitions.items():
            assert numbers[name] == pytest.approx(value, rel=1e-4), name


def test_outputs_are_the_derivatives_of_f(computed):
    for name, (output, best) in computed["curves"].items():
        np.testing.assert_allclose(output, best, rtol=1e-4, err_msg=name)
