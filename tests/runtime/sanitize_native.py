"""`python -m tests.runtime.sanitize_native [CASES]`: the scanner's C files under AddressSanitizer and UBSan.

Feeds `sanitize_native.c` texts made of encoded pieces and of chance, whole and damaged; once with the vector
instructions of the machine and once with the portable code, which must agree.
"""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import base64
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

NATIVE = Path(__file__).parents[2] / "runtime" / "aigov_runtime" / "native"
SOURCES = (*sorted(NATIVE.glob("views*.c")), NATIVE / "entropy.c", Path(__file__).with_suffix(".c"))
CASES = 20_000
FLAGS = (
    *("-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-fno-omit-frame-pointer"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-lm"),
)
PIECES = [
    *(
        b"%41",
        b"%C3%A9",
        b"&#65;",
        b"&#x41;",
        b"&amp;",
        b"\\u0041",
        b"\\ud83d\\ude00",
        b"\\x41",
        b"\\101",
        b"\\n",
        b'\\"',
    ),
    *(b"=41", b"=\n", b"=3D", b"=\r\n", b"\\\n", b"A B C D E F G H I J", b'" + "', b"' '", b'["a", "b"].join("")'),
    *(b'"".join(["ab", "cd"])', b"concat('a','b')", b"41:4b:49:41:41:41:41:41:41", b"0x41, 0x4b, " * 6, b"\n> "),
    *("\u200b", "\u00ad", "\u0410", "\u03bf", "\uff21", "\uff0c", "\U0001d400", "\U000e0041" * 5, "\ufe0f"),
    *(b"AbC3dE9fGh12", b"ghp_", b" ", b"\n", b"\r\n", b"\0", b'"', b"'", b"=", b"a1B2c3", b"-----", b"x" * 70),
    *(base64.b64encode(b"some text here " * 3), base64.b64encode(bytes(range(60))), b"some text".hex().encode() * 4),
]


def main(cases: int) -> int:
    with tempfile.TemporaryDirectory(prefix="aigov-sanitize-") as folder:
        data = Path(folder, "cases")
        data.write_bytes(b"".join(_case(Random(seed)) for seed in range(cases)))
        printed = [_run(Path(folder), data, flags) for flags in ((), ("-DAIGOV_PORTABLE",))]
    if None in printed:
        return 1
    texts, encoded, edits, _ = map(int, str(printed[0]).split())
    if printed[0] != printed[1] or not 0 < encoded < texts:
        print(f"sanitize: the portable code differs, or the cases miss something: {printed}", file=sys.stderr)
        return 1
    print(f"sanitize: {texts} texts ({encoded} with views, {edits} edits), the same portably, no report")
    return 0


def _run(folder: Path, data: Path, flags: tuple[str, ...]) -> str | None:
    """What the harness prints; None when it fails."""
    harness = folder / "sanitize_native"
    compiler = os.environ.get("CC", "cc")
    command = [compiler, f"-I{NATIVE}", *flags, *SOURCES, *FLAGS, "-o", harness]
    subprocess.run(command, check=True)
    options = {"ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
    done = subprocess.run([harness, data], env=os.environ | options, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{done.stderr}\nsanitize: FAILED (exit {done.returncode})", file=sys.stderr)
        return None
    return done.stdout


def _case(random: Random) -> bytes:
    """A text behind its size; one in two is damaged, one in eight is noise."""
    pieces = [
        piece.encode() if isinstance(piece, str) else piece for piece in random.choices(PIECES, k=random.randint(0, 30))
    ]
    text = bytearray(random.randbytes(random.randrange(300)) if random.random() < 0.125 else b"".join(pieces))
    if text and random.random() < 0.5:
        for _ in range(random.randint(1, 4)):
            text[random.randrange(len(text))] = random.randrange(256)
        del text[: random.randrange(4)]
    return struct.pack("=I", len(text)) + text


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
