"""Sections 2 to 3.2 and their exercises: likelihood and the three games."""

from tools.dev.tutorial_claims.row import Row

_ADVERSARIAL = "tfgan_ref/losses/adversarial.py::"
_CLAIMS = "tests/claims/"
ROWS = (
    Row(
        "2.1",
        "eq. 4, figure 8",
        "Maximum likelihood of a Gaussian: the samples' mean and biased "
        "variance; the gradient is that of KL(p_data, p_model)",
        ("tfgan_ref/data/mixture.py::Mixture",),
        (
            _CLAIMS + "maximum_likelihood_test.py::test_the_best_gaussian_has_"
            "the_samples_mean_and_biased_variance",
            _CLAIMS + "maximum_likelihood_test.py::test_nll_has_the_gradient_"
            "of_kl_from_the_data_to_the_model",
        ),
        "fig08",
        ("fig08",),
    ),
    Row(
        "3.1",
        "Algorithm 1",
        "Simultaneous gradient descent on both costs; k discriminator steps "
        "per generator step as the other protocol",
        ("tfgan_ref/gan.py::GAN",),
        (
            _CLAIMS
            + "two_player_dynamics_test.py::test_simultaneous_steps_spiral_"
            "outwards",
        ),
    ),
    Row(
        "3.2.1",
        "eq. 8",
        "The discriminator's cost is the sigmoid cross-entropy, in all games",
        (_ADVERSARIAL + "minimax_discriminator_loss",),
        (
            "tests/losses/adversarial_test.py::test_discriminator_loss_is_the_"
            "sigmoid_cross_entropy",
        ),
    ),
    Row(
        "3.2.1, 7.1, 8.1",
        "eq. 25, figure 35, exercise 7.1",
        "The best D is p_data / (p_data + p_model), its logit the log ratio",
        (_ADVERSARIAL + "minimax_discriminator_loss",),
        (
            _CLAIMS + "optimal_discriminator_test.py::test_training_goes_to_"
            "data_over_data_plus_model",
            _CLAIMS + "optimal_discriminator_test.py::test_training_between_"
            "known_densities_goes_to_the_ratio",
        ),
        "fig35",
        ("fig35:error",),
    ),
    Row(
        "3.2.2",
        "eq. 10, equilibrium",
        "The zero-sum game minimises the Jensen-Shannon divergence: "
        "V = 2 JSD - log 4 at the best D (without eq. 8's factor 1/2), "
        "D = 1/2 at equilibrium",
        (_ADVERSARIAL + "minimax_generator_loss",),
        (
            _CLAIMS + "optimal_discriminator_test.py::test_value_at_the_"
            "optimum_is_twice_the_jensen_shannon_less_log_4",
            _CLAIMS + "optimal_discriminator_test.py::test_at_equilibrium_"
            "nothing_is_told_apart_and_the_value_is_minus_log_4",
            _CLAIMS + "generator_costs_test.py::test_minimax_cost_has_the_"
            "gradient_of_twice_the_jensen_shannon",
        ),
        "fig35",
        ("fig35:value",),
    ),
    Row(
        "3.2.2",
        "eq. 10, figure 16",
        "The minimax generator's slope by the logit is -D: it vanishes where "
        "samples are rejected",
        (_ADVERSARIAL + "minimax_generator_loss",),
        (
            _CLAIMS + "generator_costs_test.py::test_minimax_generator_s_"
            "gradient_vanishes_where_samples_are_rejected",
        ),
        "fig16",
        ("fig16:minimax_rejected", "fig16:minimax_accepted"),
    ),
    Row(
        "3.2.3",
        "eq. 13, figure 16",
        "The non-saturating slope is -(1 - D): strong where samples are "
        "rejected",
        (_ADVERSARIAL + "non_saturating_generator_loss",),
        (
            _CLAIMS + "generator_costs_test.py::test_non_saturating_gradient_"
            "is_strong_where_samples_are_rejected",
        ),
        "fig16",
        ("fig16:non-saturating_rejected", "fig16:non-saturating_accepted"),
    ),
    Row(
        "3.2.4, 8.3",
        "eq. 14, 33 and 34, exercise 7.3",
        "At the best D, frozen, the gradient of E[-exp(logit)] is that of "
        "KL(p_data, p_model), though its value is constant. (The text of 8.3 "
        "loses a minus sign before its last line)",
        (_ADVERSARIAL + "maximum_likelihood_generator_loss",),
        (
            _CLAIMS + "generator_costs_test.py::test_maximum_likelihood_cost_"
            "has_the_gradient_of_kl",
            _CLAIMS + "generator_gradients_test.py::test_maximum_likelihood_"
            "samples_have_the_gradient_of_kl",
        ),
        "exercise73",
        ("exercise73:kl", "exercise73:error"),
    ),
    Row(
        "3.2.5",
        "figure 14",
        "KL(data, model) covers both modes, KL(model, data) chooses one",
        ("tfgan_ref/data/toy.py::two_gaussians",),
        (
            _CLAIMS + "divergences_test.py::test_kl_from_data_to_model_covers_"
            "both_modes",
            _CLAIMS + "divergences_test.py::test_kl_from_model_to_data_chooses_"
            "one_mode",
        ),
        "fig14",
        ("fig14",),
    ),
    Row(
        "3.2.6",
        "figure 16",
        "Of maximum likelihood's gradient nearly all comes from few samples; "
        "of the three costs the non-saturating has the least variance",
        (
            _ADVERSARIAL + "non_saturating_generator_loss",
            _ADVERSARIAL + "maximum_likelihood_generator_loss",
        ),
        (
            _CLAIMS + "generator_costs_test.py::test_curves_of_figure_16_keep_"
            "their_order",
            _CLAIMS + "generator_gradients_test.py::test_variances_are_in_the_"
            "order_of_figure_16",
        ),
        "exercise73",
        (
            "exercise73:share_non_saturating",
            "exercise73:share_minimax",
            "exercise73:share_maximum_likelihood",
        ),
    ),
)
