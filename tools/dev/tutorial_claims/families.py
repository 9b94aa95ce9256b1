"""Section 2: the families of figure 9 on one ring and on small digits."""

from tools.dev.tutorial.row import Row

_RECORD = "taxonomy_mnist"
_MODELS = "tfgan_ref/models/taxonomy/"
_TESTS = "tests/models/taxonomy/"


def _nats(words, key, task):
    return f"{words}, nats of the {task}", f"{_RECORD}:nats:{key}:{task}"


def _times(words, key):
    return (
        f"{words}, evaluations for an image",
        f"{_RECORD}:rows:{key}:digits:evaluations",
    )


ROWS = (
    Row(
        "2.2",
        "figure 9",
        "Models that learn by maximum likelihood differ in how they represent "
        "or approximate it: an explicit density, tractable or not, or none, "
        "with a Markov chain or directly. Here each leaf is a model, and one "
        "recipe trains them all",
        (
            _MODELS + "tree.py::outline",
            "tfgan_ref/evaluation/taxonomy_table.py::markdown",
        ),
        (
            _TESTS + "tree_test.py::test_the_outline_is_figure_9",
            "tests/evaluation/taxonomy_test.py::test_a_row_has_the_mean_and_"
            "its_error",
        ),
        records=(
            ("MADE, modes of 8", f"{_RECORD}:rows:made:ring:judged:modes"),
            ("GAN", f"{_RECORD}:rows:gan:ring:judged:modes"),
        ),
        against="all of them find the eight modes of the ring here: it is an "
        "easy one, and the [table](results.md) says how near they come",
    ),
    Row(
        "2.3.1",
        "eq. 5 and 6, tractable densities",
        "A fully visible belief net is slow to draw from, since each number "
        "waits for those before it; a change of variables is not, but has to "
        "be invertible, and latents have the dimension of the data",
        (_MODELS + "made.py::MADE", _MODELS + "nvp.py::RealNVP"),
        (
            _TESTS + "made_test.py::test_the_4096_states_of_twelve_bits_sum_"
            "to_one",
            _TESTS + "nvp_test.py::test_the_density_is_that_of_the_numerical_"
            "jacobian",
            _TESTS + "nvp_test.py::test_in_the_plane_the_density_integrates_to_"
            "one",
        ),
        records=(
            _nats("MADE", "made", "ring"),
            _nats("real NVP", "nvp", "ring"),
            _nats("MADE", "made", "digits"),
            _times("MADE", "made"),
            _times("real NVP", "nvp"),
        ),
        against="real NVP is the worst on the ring, whose eight islands an "
        "invertible map cannot tear apart, and a bound alone of the digits' "
        "bits, which it sees with noise",
    ),
    Row(
        "2.3.2",
        "eq. 7, approximate densities",
        "A variational autoencoder maximises a bound, a Boltzmann machine an "
        "approximation by a Markov chain: neither comes as near to the data's "
        "law as an exact density of the same size",
        (_MODELS + "vae.py::VAE", _MODELS + "rbm.py::RBM"),
        (
            _TESTS + "vae_test.py::test_the_bound_is_below_what_many_draws_"
            "come_to",
            _TESTS + "rbm_test.py::test_the_density_is_that_of_all_pairs_of_"
            "states",
        ),
        records=(
            _nats("VAE, at least", "vae", "ring"),
            _nats("RBM", "rbm", "ring"),
            _nats("VAE, at least", "vae", "digits"),
            _nats("RBM", "rbm", "digits"),
            _times("RBM", "rbm"),
        ),
    ),
    Row(
        "2.4",
        "implicit densities",
        "A generative stochastic network draws by a Markov chain, which is "
        "slow and of which nobody knows when it has mixed; moment matching "
        "and a GAN draw in one pass. None of them has a density to ask for",
        (
            _MODELS + "gsn.py::GSN",
            _MODELS + "gmmn.py::GMMN",
            _MODELS + "gan.py::Adversarial",
        ),
        (
            _TESTS + "gsn_test.py::test_the_chain_comes_to_the_stationary_law_"
            "of_its_two_moves",
            _TESTS + "gmmn_test.py::test_the_discrepancy_is_that_of_all_pairs",
        ),
        records=(
            _times("the network", "gsn"),
            _times("moment matching", "gmmn"),
            _times("GAN", "gan"),
            *(
                (
                    f"{words}, share of points near a mode",
                    f"{_RECORD}:rows:{key}:ring:judged:share near them",
                )
                for words, key in (
                    ("the network", "gsn"),
                    ("moment matching", "gmmn"),
                    ("GAN", "gan"),
                )
            ),
        ),
    ),
)
