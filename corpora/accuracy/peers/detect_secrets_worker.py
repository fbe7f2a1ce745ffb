"""detect-secrets with its default plug-ins and filters, file by file. Runs alone, in the environment that has it."""

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings


def main() -> None:
    """Texts in, one JSON string a line; out come version and seconds, then the spans of each text."""
    texts = [json.loads(line) for line in sys.stdin]
    out = []
    with tempfile.TemporaryDirectory() as folder, default_settings():
        paths = []
        for number, text in enumerate(texts):
            paths.append(Path(folder) / f"case{number}.txt")
            paths[-1].write_text(text, encoding="utf-8")
        begin = time.perf_counter()
        for path, text in zip(paths, texts, strict=True):
            secrets = SecretsCollection()
            secrets.scan_file(str(path))
            out.append([span(text, secret) for _, secret in secrets])
        seconds = time.perf_counter() - begin
    print(json.dumps({"version": version("detect-secrets"), "seconds": seconds}))
    for spans in out:
        print(json.dumps(spans))


def span(text, secret):
    """The place of a secret's value in its line, or the line."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: secret.line_number - 1])
    line = lines[secret.line_number - 1]
    at = line.find(secret.secret_value) if secret.secret_value else -1
    if at < 0:
        return secret.type, start, start + len(line)
    return secret.type, start + at, start + at + len(secret.secret_value)


main()
