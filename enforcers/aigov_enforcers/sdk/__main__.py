"""A Python program under the hook, run as the interpreter itself would run it:

`AIGOV_BUNDLE=policy.govb python -m aigov_enforcers.sdk script.py [args]`, or `-m module [args]`, or `-c code [args]`.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType
from zipfile import is_zipfile

from aigov_enforcers import sdk

_USAGE = "usage: AIGOV_BUNDLE=FILE python -m aigov_enforcers.sdk (SCRIPT | -m MODULE | -c CODE) [ARGUMENT...]"
USAGE, REFUSED = 2, 7
"""Exit codes when nothing is run: a wrong command line or setting, and a bundle that is refused; those of `aigov`."""


def main(arguments: list[str]) -> int:
    """Install the hook and run the program. The program's own exit code is the process's."""
    how, rest = (arguments[0], arguments[1:]) if arguments[:1] in (["-m"], ["-c"]) else ("", arguments)
    if not rest or (not how and rest[0].startswith("-")):
        print(_USAGE, file=sys.stderr)
        return USAGE
    program = rest[0]
    if not how and not Path(program).exists():
        print(f"aigov: can't open `{program}`: there is no such file", file=sys.stderr)
        return USAGE
    sys.argv = [how or program, *rest[1:]]
    _name(how, program)
    from aigov_runtime.errors import BundleError

    try:
        sdk.install()
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing may run ungoverned
        print(f"aigov: {program} is not run: {' '.join(str(error).split())}", file=sys.stderr)
        return REFUSED if isinstance(error, BundleError) else USAGE
    if not sys.flags.safe_path:
        sys.path[0] = {"-m": str(Path.cwd()), "-c": ""}.get(how, str(Path(program).absolute().parent))
    if how == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    elif how == "-c":
        _run(program, "<string>")
    elif Path(program).is_dir() or is_zipfile(program):
        runpy.run_path(program, run_name="__main__")
    else:
        _run(Path(program).read_bytes(), str(Path(program).absolute()))
    return 0


def _name(how: str, program: str) -> None:
    """Make the script known as such before the identity is read."""
    if not how:
        sys.modules["__main__"].__file__ = str(Path(program).absolute())
    else:
        del sys.modules["__main__"].__file__


def _run(code: str | bytes, file: str) -> None:
    """Run code as the main module, which stays there for threads that outlive it."""
    module = ModuleType("__main__")
    module.__dict__["__file__"] = file
    sys.modules["__main__"] = module
    exec(compile(code, file, "exec"), module.__dict__)  # noqa: S102 - as the interpreter does


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
