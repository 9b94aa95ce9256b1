"""What a GAN of strings has learnt: validity, likelihood, and a page of them.

Likelihoods are means over tokens of -log p, in nats.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tfgan_ref.data import strings
from tfgan_ref.evaluation.result import Evaluation

_ROWS = 1000
_COLUMNS, _LINE, _LETTER, _FONT = 4, 18, 8, 13  # Pixels, but the columns.
_PAPER, _INK, _WRONG = (255, 255, 255), (48, 48, 48), (176, 48, 48)


def nll(layer, rows: np.ndarray) -> float:
    """Mean over tokens of -log p of strings.

    Args:
        layer: `layers.token_lstm.TokenLSTM`.
        rows: float32 `[count, length, K]`, one-hot.
    """
    parts = [
        layer.log_likelihoods(rows[first : first + _ROWS]).numpy()
        for first in range(0, len(rows), _ROWS)
    ]
    return -float(np.mean(np.concatenate(parts), dtype=np.float64))


class Likelihood:
    """`eval/nll`, of real strings that were held out under the generator.

    It tells of lost modes, which no judgement of samples does.

    Args:
        held_out: float32 `[count, length, K]`, one-hot.
    """

    def __init__(self, held_out: np.ndarray):
        self._held_out = held_out

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `StringGAN`."""
        layer = gan.sampler.get_layer("strings")
        return Evaluation({"eval/nll": nll(layer, self._held_out)})


class Validity:
    """`eval/valid`, the share of valid samples, and `eval/distinct`.

    The latter is the share of different ones among the valid samples.

    Args:
        is_valid: function of a string -> bool.
        samples: int, how many are drawn, of the seeds 0, 1, 2...
    """

    def __init__(self, is_valid: Callable[[str], bool], samples: int):
        self._is_valid, self._samples = is_valid, samples

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `StringGAN`."""
        drawn = gan.sample(np.arange(self._samples)).numpy()
        texts = strings.write(drawn, gan.symbols)
        valid = [text for text in texts if self._is_valid(text)]
        distinct = len({*valid}) / max(len(valid), 1)
        return Evaluation(
            {
                "eval/valid": len(valid) / len(texts),
                "eval/distinct": distinct,
            }
        )


class OracleLikelihood:
    """`eval/oracle_nll`, of samples under the network that is the truth.

    `eval/oracle_nll/floor` is that of the network's own strings, its entropy:
    a generator that repeats the most probable ones goes below it.

    Args:
        oracle: `layers.token_lstm.TokenLSTM`.
        own: float32 `[count, length, K]`, its own strings; as many are drawn,
            of the seeds 0, 1, 2...
    """

    def __init__(self, oracle, own: np.ndarray):
        self._oracle, self._samples = oracle, len(own)
        self._floor = nll(oracle, own)

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `StringGAN`."""
        drawn = [
            gan.sample(np.arange(first, min(first + _ROWS, self._samples)))
            for first in range(0, self._samples, _ROWS)
        ]
        rows = np.concatenate([part.numpy() for part in drawn])
        return Evaluation(
            {
                "eval/oracle_nll": nll(self._oracle, rows),
                "eval/oracle_nll/floor": self._floor,
            }
        )


class Page:
    """Draws strings, `draw` of `WriteSamples`: red what is not valid.

    An empty one is a box.

    Args:
        symbols: of the tokens.
        is_valid: function of a string -> bool.
    """

    def __init__(self, symbols, is_valid: Callable[[str], bool]):
        self._symbols, self._is_valid = symbols, is_valid

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """Float `[count, length, K]` -> uint8 `[height, width, 3]`."""
        texts = strings.write(samples, self._symbols)
        longest = samples.shape[1] * max(map(len, self._symbols))
        width = _LETTER * (longest + 2)
        rows = -(-len(texts) // _COLUMNS)
        size = (_COLUMNS * width, (rows + 1) * _LINE)
        picture = Image.new("RGB", size, _PAPER)
        pen = ImageDraw.Draw(picture)
        font = ImageFont.load_default(_FONT)
        for k, text in enumerate(texts):
            row, column = divmod(k, _COLUMNS)
            place = (column * width + _LETTER, row * _LINE + _LINE // 2)
            ink = _INK if self._is_valid(text) else _WRONG
            pen.text(place, text, ink, font)
            if not text:
                x, y = place
                pen.rectangle([x, y + 3, x + _LETTER, y + _FONT], outline=ink)
        return np.asarray(picture)
