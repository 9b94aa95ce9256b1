r"""Pictures of TensorBoard's pages of a run, by a headless Chromium.

    python tools/dev/tensorboard_pictures.py --logdir=runs/m --out=docs/images \
        --pages custom_scalars images

Debian has it as the package `chromium`.
"""

from __future__ import annotations

import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from PIL import Image

from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard

# Of the address's last part, and how wide and high the picture is.
_PAGES = {
    "custom_scalars": (1500, 850),
    "images": (1000, 1100),
    "scalars": (1500, 1400),
    "hparams": (1500, 700),
    "text": (1500, 1000),
}
_COLOURS = 128  # Of a picture, which is small then.
_STARTS_IN = 120.0  # Seconds, at most.
_LOADS_IN = 30_000  # Milliseconds of the page's own clock.


@contextlib.contextmanager
def serve(logdir: str) -> Iterator[str]:
    """Runs TensorBoard, all pictures kept; gives its address."""
    command = [
        *(sys.executable, "-m", "tensorboard.main", f"--logdir={logdir}"),
        *("--host=127.0.0.1", "--port=0", "--load_fast=false"),
        *("--reload_task=blocking", "--reload_interval=0"),
        "--samples_per_plugin=images=1000",
    ]
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _address(server, log)
        finally:
            server.terminate()
            server.wait()


def _address(server, log):
    deadline = time.monotonic() + _STARTS_IN
    while server.poll() is None and time.monotonic() < deadline:
        log.seek(0)
        if found := re.search(r"http://127\.0\.0\.1:\d+/", log.read()):
            return found[0]
        time.sleep(0.2)
    log.seek(0)
    raise UserError(f"TensorBoard did not start: {log.read()[-500:]}")


def take(
    browser: str, address: str, size: tuple[int, int], out: pathlib.Path
) -> None:
    """Writes a picture of a page as PNG, of so many pixels."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu"),
            *("--hide-scrollbars", f"--user-data-dir={profile}"),
            f"--window-size={size[0]},{size[1]}",
            f"--virtual-time-budget={_LOADS_IN}",
            f"--screenshot={out}",
            address,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or not out.exists():
        raise UserError(f"{browser} made no picture: {done.stderr[-500:]}")
    with Image.open(out) as picture:
        few = picture.convert("RGB").quantize(_COLOURS)
    few.save(out, optimize=True)


def main(flags) -> None:
    """Takes the pictures that the flags name."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise UserError("A program chromium was expected on PATH")
    out = pathlib.Path(flags.out)
    out.mkdir(parents=True, exist_ok=True)
    with serve(flags.logdir) as address:
        for page in flags.pages:
            path = out / f"tensorboard_{page}.png"
            take(browser, f"{address}#{page}", _PAGES[page], path)
            print(path)


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--logdir", required=True, help="of TensorBoard")
    parser.add_argument("--out", required=True, help="folder of the pictures")
    parser.add_argument(
        "--pages", nargs="+", choices=_PAGES, default=[*_PAGES], help="which"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
