"""Sections 3.3 to 8: tricks, modes, dynamics."""

from tools.dev.tutorial_claims.row import Row

_LOSSES = "tfgan_ref/losses/"
_ADVERSARIAL = _LOSSES + "adversarial.py::"
_CLAIMS = "tests/claims/"
ROWS = (
    Row(
        "3.3",
        "figure 19",
        "Arithmetic on averaged latents: man with glasses - man + woman",
        ("tools/generation/arithmetic.py::combine",),
        (
            _CLAIMS + "latent_arithmetic_test.py::test_the_result_has_the_"
            "attributes_that_no_operand_has_together",
            _CLAIMS + "latent_arithmetic_test.py::test_averages_of_three_are_"
            "what_makes_it_stable",
        ),
    ),
    Row(
        "3.4",
        "figure 20",
        "GAN, noise-contrastive estimation and maximum likelihood are updates "
        "of one game; self-contrast has half the gradient of log p",
        (_ADVERSARIAL + "minimax_discriminator_loss",),
        (
            _CLAIMS + "noise_contrastive_test.py::test_self_contrast_has_half_"
            "the_gradient_of_maximum_likelihood",
            _CLAIMS + "noise_contrastive_test.py::test_noise_contrast_has_"
            "another_gradient_but_the_same_optimum",
        ),
    ),
    Row(
        "4.2",
        "eq. 15",
        "With targets alpha for data and beta for samples the best D is "
        "(alpha p_data + beta p_model) / (p_data + p_model): beta > 0 rewards "
        "spurious modes, beta = 0 only scales",
        (_ADVERSARIAL + "minimax_discriminator_loss",),
        (
            _CLAIMS + "optimal_discriminator_test.py::test_one_sided_smoothing_"
            "only_scales_the_optimum",
            _CLAIMS + "optimal_discriminator_test.py::test_two_sided_smoothing_"
            "accepts_samples_where_there_are_no_data",
        ),
        "fig35",
        ("fig35:one_sided", "fig35:two_sided"),
    ),
    Row(
        "4.3",
        "figure 21",
        "With batch normalisation an image depends on its batch-mates; with "
        "reference or virtual batch normalisation it does not",
        (
            "tfgan_ref/layers/reference_normalization.py::"
            "ReferenceBatchNormalization",
            "tfgan_ref/layers/reference_normalization.py::"
            "VirtualBatchNormalization",
        ),
        (
            _CLAIMS + "batch_normalization_test.py::test_with_batch_"
            "normalisation_an_image_depends_on_its_batch_mates",
            _CLAIMS + "batch_normalization_test.py::test_with_a_reference_"
            "batch_it_does_not_to_the_last_bit",
        ),
        "fig21",
        ("fig21",),
    ),
    Row(
        "4.4",
        "balance",
        "The discriminator usually wins, and should; k > 1 steps for it are "
        "the other protocol. See [below](#the-balance-of-the-two-players)",
        ("tfgan_ref/gan.py::GAN",),
        (
            "tests/gan_test.py::test_steps_are_those_of_numpy_on_any_number_"
            "of_replicas",
        ),
    ),
    Row(
        "5.1.1",
        "eq. 16 and 17",
        "Min-max recovers the data; max-min puts all mass where D is largest",
        (_ADVERSARIAL + "minimax_generator_loss",),
        (
            _CLAIMS + "divergences_test.py::test_min_max_recovers_the_data",
            _CLAIMS + "divergences_test.py::test_max_min_puts_all_mass_where_"
            "the_discriminator_is_most_deceived",
        ),
    ),
    Row(
        "5.1.1",
        "figure 22",
        "On a ring of eight Gaussians a plain GAN drops modes or cycles. In "
        "this configuration it finds all of them, but wanders: see "
        "[below](#unrolling)",
        (
            "tfgan_ref/data/toy.py::ring",
            "tfgan_ref/evaluation/modes.py::measure_gaussians",
        ),
        (
            "tests/evaluation/modes_test.py::test_one_mode_alone_has_the_"
            "largest_reverse_kl",
        ),
        "fig22",
        ("fig22",),
    ),
    Row(
        "5.1.1",
        "figure 32",
        "Unrolling the discriminator by five to ten steps covers all modes",
        (
            "tfgan_ref/models/unrolled.py::UnrolledGAN",
            "tfgan_ref/models/unrolled.py::unroll",
        ),
        (
            "tests/models/unrolled_test.py::test_the_gradient_is_that_of_"
            "finite_differences",
            "tests/models/unrolled_test.py::test_the_gradient_flows_through_"
            "the_steps",
        ),
        "fig32",
        ("fig32",),
    ),
    Row(
        "5.1.1",
        "minibatch features",
        "A discriminator that sees the similarities within a minibatch keeps "
        "the generator from collapsing. Of points see "
        "[below](#minibatch-features)",
        (
            "tfgan_ref/layers/minibatch_features.py::MinibatchFeatures",
            "tfgan_ref/models/minibatch.py::MinibatchGAN",
        ),
        (
            "tests/layers/minibatch_features_test.py::test_features_are_those_"
            "of_the_definition",
        ),
        records=(
            (
                "MNIST, entropy of the classes drawn, nats, without",
                "diversity_mnist_none:mean:class_entropy",
            ),
            (
                "with the features as released",
                "diversity_mnist_released:mean:class_entropy",
            ),
        ),
    ),
    Row(
        "5.4",
        "feature matching",
        "A generator that matches mean features helps a classifier to learn "
        "from few labels",
        (
            _LOSSES + "feature_matching.py::mean_squared",
            "tfgan_ref/models/feature_matching.py::FeatureMatchingGAN",
        ),
        (
            "tests/losses/feature_matching_test.py::test_distance_is_the_mean_"
            "over_the_features",
        ),
        records=(
            (
                "MNIST, 100 labels, errors of 10,000",
                "feature_matching_mnist_100_seed1:evaluations:-1:"
                "eval/errors/raw",
            ),
            (
                "the classifier alone",
                "supervised_mnist_100_seed1:evaluations:-1:eval/errors/raw",
            ),
        ),
    ),
    Row(
        "7.2, 8.2",
        "figure 36, exercise 7.2",
        "V(x, y) = xy has a saddle point as its equilibrium",
        (_LOSSES + "wasserstein.py::wasserstein_critic_loss",),
        (
            "tests/tools/dev/figures_test.py::test_fig36_is_a_saddle",
            _CLAIMS + "two_player_dynamics_test.py::test_continuous_time_keeps_"
            "to_a_circle",
        ),
        "fig36",
        ("fig36",),
    ),
    Row(
        "7.2, 8.2",
        "figure 37, exercise 7.2",
        "Continuous time orbits it; simultaneous steps leave it, alternating "
        "ones stay near, extragradient ones approach it",
        ("tfgan_ref/gan.py::GAN",),
        (
            _CLAIMS + "two_player_dynamics_test.py::test_simultaneous_steps_"
            "spiral_outwards",
            _CLAIMS + "two_player_dynamics_test.py::test_alternating_steps_"
            "keep_to_an_ellipse",
            _CLAIMS + "two_player_dynamics_test.py::test_extragradient_steps_"
            "spiral_inwards",
        ),
        "fig37",
        ("fig37",),
    ),
)
