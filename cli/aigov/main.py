"""The entry point. Whatever goes wrong below ends here as one line and an exit code, never as a traceback."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper

from aigov.exits import Code, Failure


def main() -> int:
    """Run the command line on `sys.argv`; the return value is the exit code."""
    _speak_utf8()
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone, as in `| head`. End as a program without a handler does, in the shell's terms.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code


def _speak_utf8() -> None:
    """Output is UTF-8 in every locale. A file name that is not UTF-8 goes out as the bytes it is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def _run() -> int:
    try:
        from aigov.app import app
    except ModuleNotFoundError as missing:
        return _fail(
            f"the command line needs `{missing.name}`: install it with `pip install 'aigov[compiler]'`", Code.USAGE
        )
    try:
        app(prog_name="aigov")
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer ends with 1, which is an internal failure here
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else Code.OK
    except Failure as failure:
        return _fail(str(failure), failure.code)
    except BrokenPipeError:
        raise
    except ModuleNotFoundError as missing:
        return _fail(f"this command needs `{missing.name}`: install it with `pip install 'aigov[all]'`", Code.USAGE)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}", Code.USAGE)
    except Exception as error:  # the last line of defence
        if os.environ.get("AIGOV_DEBUG"):
            raise
        reason = " ".join(str(error).split())
        return _fail(f"internal failure: {type(error).__name__}: {reason} (AIGOV_DEBUG=1 shows where)", Code.INTERNAL)
    return Code.OK


def _fail(message: str, code: Code) -> int:
    print(f"aigov: {message}", file=sys.stderr)
    return code
