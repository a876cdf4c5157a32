"""Proves that a frozen product works where it lies, in an environment that holds nothing else."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

START_ROUNDS = 7
_SCREEN_PX = (1920, 1080)
_PAINTED_SHARE = 0.25  # of the screen; before, it is black
_LIMIT_S = 120
# Windows starts nothing without the folder it is in; elsewhere nothing is needed.
_NEEDED = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
_DEMO_S = 8.0  # until the demo has judged its first parts


def run_bare(command: Sequence[str | Path], **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a program with an empty environment, and no Python on its path.

    Raises:
        RuntimeError: It ended with another exit code than 0, 1 or 2, or not in time.
    """
    with tempfile.TemporaryDirectory(prefix="inspector-home-") as home:
        done = subprocess.run(  # noqa: S603
            list(map(str, command)),
            env={**_NEEDED, "HOME": home, **more},
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
        )
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done


def check_selftest(program: Path) -> None:
    """Let the product prove itself.

    Raises:
        RuntimeError: A check failed.
    """
    said = json.loads(run_bare([program, "selftest", "--json"]).stdout)
    if not said["passed"]:
        raise RuntimeError(f"{program} selftest: {said}")


def start_time_s(program: Path) -> float:
    """From the command to the end of `--version`, the median of several, warm."""
    times = []
    for _ in range(START_ROUNDS + 1):
        start = time.perf_counter()
        run_bare([program, "--version"])
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def window_time_s(program: Path, screenshot: Path) -> float:
    """From the command to the painted window, the median of several, warm; with a picture of it.

    Raises:
        RuntimeError: There is no Xvfb here, or the window did not come in time.
    """
    times = []
    for number in range(START_ROUNDS + 1):
        with screen() as (display, pixels), tempfile.TemporaryDirectory() as home:
            environment = {"HOME": home, "DISPLAY": display}
            is_last = number == START_ROUNDS
            command = [
                str(program),
                "--lang",
                "zh_CN",
                *(["--demo", "--fullscreen"] if is_last else []),
            ]
            shot = screenshot if is_last else None
            times.append(shown_until_painted(command, environment, pixels, shot))
    return statistics.median(times[1:])


def shown_until_painted(
    command: Sequence[str],
    environment: Mapping[str, str],
    pixels: NDArray[np.uint8],
    screenshot: Path | None,
) -> float:
    """Start the window, and end it when it is painted; the seconds that it took.

    Args:
        pixels: Of the screen, as `screen` gives them.
        screenshot: Wait until the demo has judged its first parts, and take a picture of it.

    Raises:
        RuntimeError: It ended by itself, or was not painted in time.
    """
    from inspector.store.images import encode_png

    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603
        command, env=dict(environment), stderr=subprocess.DEVNULL
    ) as shown:
        try:
            while pixels.any(axis=2).mean() < _PAINTED_SHARE:
                if time.perf_counter() - start > _LIMIT_S or _has_ended(shown, 0.005):
                    raise RuntimeError(f"{command}: no window was painted")
            elapsed_s = time.perf_counter() - start
            if screenshot is not None:
                if _has_ended(shown, _DEMO_S):
                    raise RuntimeError(f"{command}: the window closed by itself")
                screenshot.parent.mkdir(parents=True, exist_ok=True)
                screenshot.write_bytes(encode_png(_still(shown, pixels)))
        finally:
            shown.terminate()
    return elapsed_s


def _still(shown: "subprocess.Popen[bytes]", pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture of the screen between two changes: while it is painted it is half old, half new."""
    before = np.empty_like(pixels)
    while not np.array_equal(before, pixels):
        before = pixels.copy()
        _has_ended(shown, 0.04)
    return before


def _has_ended(process: "subprocess.Popen[bytes]", wait_s: float) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(wait_s)
    return process.returncode is not None


@contextlib.contextmanager
def screen() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """A display of its own, and what it shows, BGR, as it changes."""
    if shutil.which("Xvfb") is None:
        raise RuntimeError("Xvfb is not here; sh packaging/prepare.sh package installs it")
    width, height = _SCREEN_PX
    read, write = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24",
            "-fbdir", folder, "-nolisten", "tcp",
        ]  # fmt: skip
        with subprocess.Popen(  # noqa: S603
            command, pass_fds=(write,), stderr=subprocess.DEVNULL
        ) as server:
            os.close(write)
            try:
                with os.fdopen(read) as pipe:
                    display = f":{pipe.readline().strip()}"
                yield display, _framebuffer(Path(folder, "Xvfb_screen0"))
            finally:
                server.terminate()


def _framebuffer(path: Path) -> NDArray[np.uint8]:
    """The pixels of a picture in the X window dump format, 32 bits each."""
    mapped = np.memmap(path, np.uint8, "r")
    header = np.frombuffer(mapped[:100].tobytes(), ">u4")
    header_size, width, height, stride, n_colours = (int(header[i]) for i in (0, 4, 5, 12, 19))
    start = header_size + 12 * n_colours
    rows = mapped[start : start + stride * height].reshape(height, stride)
    return rows[:, : 4 * width].reshape(height, width, 4)[:, :, :3]
