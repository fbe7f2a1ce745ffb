"""`aigov keys`: the key pair that signs bundles, and the keys this user trusts."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives import serialization

from aigov.commands.verb import Format, Output
from aigov.exits import Failure
from aigov.output import print_json
from aigov_compiler import keys

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make keys that sign bundles.")

TRUST_STORE = Path("~/.config/aigov/trust.d")


@app.callback()
def group() -> None:
    """Make keys that sign bundles."""


@app.command(epilog="Example: aigov keys generate -o release.key")
def generate(
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Where the private key goes; the public key is put beside it, as .pub."
        ),
    ] = Path("aigov.key"),
    trust: Annotated[
        bool, typer.Option("--trust/--no-trust", help="Also trust the public key in ~/.config/aigov/trust.d.")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing keys.")] = False,
    output: Output = Format.TEXT,
) -> None:
    """Generate an Ed25519 key pair: a private key to compile with and a public key to trust."""
    public = out.with_suffix(".pub")
    for path in (out, public):
        if path.exists() and not force:
            raise Failure(f"{path} exists: choose another name with -o, or overwrite it with --force")
    private_pem, public_pem = keys.generate()
    keyid = _keyid(public_pem)
    _write(out, private_pem, 0o600)
    _write(public, public_pem, 0o644)
    trusted = None
    if trust:
        store = TRUST_STORE.expanduser()
        store.mkdir(parents=True, exist_ok=True)
        trusted = store / f"{keyid[:16]}.pub"
        _write(trusted, public_pem, 0o644)
    if output is Format.JSON:
        print_json(
            {"private": str(out), "public": str(public), "keyid": keyid, "trusted": str(trusted) if trusted else None}
        )
        return
    print(f"private key  {out} (keep it secret: it signs bundles)")
    print(f"public key   {public} (give it to those who load them)")
    print(f"key id       {keyid}")
    print(f"trusted in   {trusted}" if trusted else "trusted in   no store (--no-trust)")


def _keyid(public_pem: bytes) -> str:
    key = serialization.load_pem_public_key(public_pem)
    return sha256(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)).hexdigest()


def _write(path: Path, data: bytes, mode: int) -> None:
    """A new file that never has wider permissions than `mode`, not even for a moment."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
