"""What all our programs share at the shell: how they are parsed, how they end, how they speak."""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from inspector import __version__
from inspector.concurrency.worker import is_any_stuck
from inspector.errors import ConfigurationError, InspectorError, SourceUnavailable
from inspector.exit_codes import ExitCode
from inspector.logs import configure_logging

_log = logging.getLogger(__name__)

Handler = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that ends with our exit code for wrong usage and knows no abbreviations.

    An abbreviated option would change its meaning when a longer one is added. Every command tells
    the version.
    """

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **settings})  # type: ignore[arg-type]
        said = f"{self.prog.split()[0]} {__version__}"  # of the program, whatever the command
        self.add_argument("--version", action="version", version=said)

    def error(self, message: str) -> NoReturn:
        """See `argparse.ArgumentParser.error`."""
        self.print_usage(sys.stderr)
        self.exit(ExitCode.WRONG_USAGE, f"{self.prog}: {message}\n")


def program(name: str, description: str) -> Parser:
    """The parser of one program."""
    return Parser(prog=name, description=description)


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """The type of an option that takes a whole number, low <= value <= high."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {low}..{high}")
        return value

    return parse


def place(text: str) -> Path:
    """The type of an option that names what is written; an empty one would be this folder."""
    if not text:
        raise argparse.ArgumentTypeError("is empty; name a folder or a file")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8; choose another name") from error
    return Path(text)


def run(parser: Parser, arguments: Sequence[str] | None) -> int:
    """Parse, call the chosen command's `handler`, and turn what it raises into an exit code.

    Does not come back where a thread never will: the process ends with that code.
    """
    code = _run(parser, arguments)
    if is_any_stuck():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # none, or its reader went away
                stream.flush()
        os._exit(code)
    return code


def _run(parser: Parser, arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal cannot show must not end a run that judged everything.
            stream.reconfigure(errors="backslashreplace")
    parsed = parser.parse_args(arguments)
    configure_logging(verbose=False)
    handler: Handler = parsed.handler
    try:
        code = handler(parsed)
        if sys.stdout is not None:  # a program without a terminal has none
            sys.stdout.flush()  # a full disk behind a redirection shows here, not at the exit
        return code
    except KeyboardInterrupt:
        _log.warning("interrupted; what was stored so far is kept")
        return ExitCode.INTERRUPTED
    except (ConfigurationError, SourceUnavailable) as error:
        _log.error("%s", error)
        return ExitCode.WRONG_USAGE
    except InspectorError as error:
        _log.error("%s", error)
        return ExitCode.BROKEN_RUN
    except BrokenPipeError:  # the reader of our results went away, as `head` does
        _forget_stdout()
        return ExitCode.BROKEN_RUN
    except OSError as error:
        _log.error("the operating system refused: %s", error)
        _forget_stdout()
        return ExitCode.BROKEN_RUN
    except Exception:  # noqa: BLE001  1 would mean "a part failed": a bug must not be taken for a verdict
        _log.exception("this is a fault of the program; please report it with the lines above")
        return ExitCode.BROKEN_RUN


def print_line(text: str) -> None:
    """One line of a command's result, on stdout, where there is one."""
    if sys.stdout is not None:
        sys.stdout.write(f"{text}\n")


def print_json(value: object) -> None:
    """A command's result as one JSON object, on stdout."""
    print_line(json.dumps(value, indent=2, ensure_ascii=True, allow_nan=False))


def _forget_stdout() -> None:
    """Python would try once more at its exit, and end with a code of its own."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
