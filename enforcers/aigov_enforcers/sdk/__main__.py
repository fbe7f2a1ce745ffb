"""A Python program under the hook, run as the interpreter itself would run it:

`AIGOV_BUNDLE=policy.govb python -m aigov_enforcers.sdk script.py [args]`, or `-m module [args]`, or `-c code [args]`.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType

from aigov_enforcers import sdk

_USAGE = "usage: AIGOV_BUNDLE=FILE python -m aigov_enforcers.sdk (SCRIPT | -m MODULE | -c CODE) [ARGUMENT...]"
REFUSED = 78
"""The exit code when nothing is run because the hook cannot be installed (EX_CONFIG of sysexits.h)."""


def main(arguments: list[str]) -> int:
    """Install the hook and run the program. The program's own exit code is the process's."""
    if not arguments or (arguments[0] in {"-m", "-c"} and len(arguments) < 2) or arguments[0] in {"-h", "--help"}:
        print(_USAGE, file=sys.stderr)
        return 2
    how, rest = (arguments[0], arguments[1:]) if arguments[0] in {"-m", "-c"} else ("", arguments)
    if how == "" and rest[0].startswith("-"):
        print(f"aigov: unknown option `{rest[0]}`\n{_USAGE}", file=sys.stderr)
        return 2
    program = rest[0]
    sys.argv = [how or program, *rest[1:]]
    _name(how, program)
    try:
        sdk.install()
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing may run ungoverned
        print(f"aigov: {program} is not run: {' '.join(str(error).split())}", file=sys.stderr)
        return REFUSED
    if how == "-m":
        sys.path[0] = str(Path.cwd())
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.path[0] = ""
        _run_code(program)
    else:
        sys.path[0] = str(Path(program).absolute().parent)
        runpy.run_path(program, run_name="__main__")
    return 0


def _name(how: str, program: str) -> None:
    """Make the script known as such before the identity is read."""
    if not how:
        sys.modules["__main__"].__file__ = str(Path(program).absolute())
    else:
        del sys.modules["__main__"].__file__


def _run_code(code: str) -> None:
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    exec(compile(code, "<string>", "exec"), module.__dict__)  # noqa: S102 - as `python -c` does


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
