"""Section 1, figures 3 to 7: images of images, of records alone."""

from tools.dev.tutorial.row import Row

_FRAMES = "next_frame_mnist{}_seed1:evaluations:-1:eval/next_frame"
_LARGE = "sr_{}{}_seed1:evaluations:-1:eval/super_resolution"
_TEXT = "evaluations:-1:eval/retrieval"
_MODELS = "tfgan_ref/models/"
_GAMES = (("with the game", ""), ("without", "_gan0"))
ROWS = (
    Row(
        "1",
        "figure 3, next frames",
        "Where one of two frames may follow, the least squared error has their "
        "average, which is blurred and none of both; a game chooses one: a "
        "digit that turns to the left or to the right",
        (
            _MODELS + "next_frame.py::NextFrameGAN",
            "tfgan_ref/evaluation/next_frames.py::NextFrames",
        ),
        (
            "tests/evaluation/next_frames_test.py::test_the_average_has_the_"
            "least_error_and_is_near_to_none",
            "tests/evaluation/next_frames_test.py::test_one_of_both_is_near_"
            "and_sharp_and_errs_more",
        ),
        records=(
            *(
                (f"{what}, {words}", _FRAMES.format(which) + key)
                for what, key in (
                    ("distance to the average", "/distance/average"),
                    ("share nearer to one of both", "/share_nearest"),
                    ("squared error", "/squared_error"),
                )
                for words, which in _GAMES
            ),
            (
                "share nearer to one of both, with the game, seed 2",
                "next_frame_mnist_seed2:evaluations:-1:eval/next_frame/"
                "share_nearest",
            ),
            (
                "distance from the average to the nearer one",
                _FRAMES.format("") + "/distance/average_to_nearest",
            ),
            (
                "the least squared error",
                _FRAMES.format("") + "/squared_error/least",
            ),
        ),
        against="with the game a sixth to a third choose; all in all its "
        "frames are farther from both than the blurred ones (3.2 to 3.4 beside "
        "2.9). A larger rate broke training down: Adam's steps where the game "
        "comes in",
    ),
    Row(
        "1",
        "figure 4, super-resolution",
        "Squared error has the best signal-to-noise ratio and is too smooth; a "
        "game is sharp: four times the height and width of emoji and digits",
        (
            _MODELS + "srgan.py::SRGAN",
            "tfgan_ref/evaluation/super_resolution.py::SuperResolution",
        ),
        (
            "tests/models/srgan_test.py::test_costs_are_of_pixels_first_and_"
            "then_of_features_and_the_game",
            "tests/evaluation/super_resolution_test.py::test_numbers_are_of_"
            "the_answers_and_of_the_originals",
        ),
        records=tuple(
            (f"{what}, {data}, {words}", _LARGE.format(data, which) + key)
            for data in ("emoji", "mnist")
            for what, key in (
                ("PSNR, dB", "/psnr"),
                ("SSIM", "/ssim"),
                ("sharpness beside the original's", "/sharpness"),
            )
            for words, which, key in (
                *((words, which, key) for words, which in _GAMES),
                ("bicubic", "", f"{key}/bicubic"),
            )
        ),
    ),
    Row(
        "1",
        "figures 5 and 6, editing",
        "A picture can be edited in a generator's latent space, which keeps it "
        "among the pictures that the generator knows: two strokes of colour on "
        "a face of an emoji",
        (
            "tfgan_ref/editing/solving.py::solve",
            "tools/editing/commands.py::edit",
        ),
        (
            "tests/editing/solving_test.py::test_of_a_linear_generator_it_is_"
            "ridge_regression",
            "tests/tools/edit_test.py::test_strokes_are_solved_for_and_blended",
        ),
        records=tuple(
            (f"root mean squared error {words}", f"edit_emoji:errors:{key}")
            for words, key in (
                ("of the strokes before", "before"),
                ("after", "after"),
                ("after it was blended into the picture", "after_blended"),
                ("of the projection, all over", "projection"),
            )
        ),
        against="a picked example: the generator had 4,000 steps, and its "
        "projection of the face is a blurred one",
    ),
    Row(
        "1",
        "text to image",
        "A game draws what a text says, also of texts that it never saw: names "
        "of emoji, such as a known person with another skin tone",
        (
            _MODELS + "text_game.py::TextGAN",
            "tfgan_ref/evaluation/retrieval.py::Retrieval",
        ),
        (
            "tests/models/text_game_test.py::test_a_step_is_that_of_linear_"
            "players_in_numpy",
            "tests/evaluation/retrieval_test.py::test_by_chance_it_is_one_in_"
            "ten",
        ),
        records=tuple(
            (
                f"{what}, stage {stage}",
                f"text_emoji_stage_{stage}:{_TEXT}/{key}",
            )
            for stage in (1, 2)
            for what, key in (
                ("unseen names that the encoder finds among ten", "samples"),
                ("of real images", "real"),
                ("among ten real images, by pixels", "pixels"),
            )
        ),
        against="a tenth is chance; colours and tones are right, shapes are "
        "those of the name's family, and hands are persons",
    ),
    Row(
        "1",
        "figure 7, translation",
        "Beside the mean absolute error, a game brings the law of translated "
        "images nearer to that of targets: pix2pix, edges to digits and emoji",
        (_MODELS + "paired.py::PairedGAN", _MODELS + "pix2pix.py::build"),
        ("tests/models/pix2pix_test.py::test_a_step_is_that_of_both_costs",),
        records=tuple(
            (
                f"KID to targets, {data}, 1,500 steps, {words}, seed {seed}",
                f"pix2pix_{data}_gan{weight}_seed{seed}:evaluations:-1:"
                "eval/translation/kid/classifier",
            )
            for data in ("mnist", "emoji")
            for words, weight in (("with the game", 1), ("without", 0))
            for seed in (1, 2)
        ),
        against="the error is the same within a hundredth. Digits' edges leave "
        "little open, and a person sees no difference; of emoji L1 alone is "
        "brown, and the game chooses a colour, as often a wrong one",
    ),
)
