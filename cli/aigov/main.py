"""The entry point. Whatever goes wrong below ends here as one line and an exit code, never as a traceback."""

from __future__ import annotations

import os
import sys

from aigov.exits import Code, Failure


def main() -> int:
    """Run the command line on `sys.argv`; the return value is the exit code."""
    try:
        from aigov.app import app
    except ModuleNotFoundError as missing:
        return _fail(
            f"the command line needs `{missing.name}`: install it with `pip install 'aigov[compiler]'`", Code.USAGE
        )
    try:
        app(prog_name="aigov")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Code.OK
    except Failure as failure:
        return _fail(str(failure), failure.code)
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
