"""`aigov keys`: the key pair that signs bundles, and the keys this user trusts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from aigov.commands.verb import Format, Output
from aigov.exits import Failure
from aigov.output import print_json, shown
from aigov_compiler import KeyFileError, keys
from aigov_runtime.bundle.format import keyid
from aigov_runtime.trust import USER_DIRECTORY

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog="Example: aigov keys generate -o release.key",
)


@app.callback()
def group() -> None:
    """Make keys that sign bundles."""


@app.command(epilog="Example: aigov keys generate -o release.key")
def generate(
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Private key to write; the public key goes beside it, as .pub."
        ),
    ] = Path("aigov.key"),
    trust: Annotated[
        bool, typer.Option("--trust/--no-trust", help="Also trust the public key in ~/.config/aigov/trust.d.")
    ] = True,
    output: Output = Format.TEXT,
) -> None:
    """Generate a key pair.

    An Ed25519 private key to compile with, and the public key to trust.
    """
    public = out.with_suffix(".pub")
    if public == out or public.exists():
        raise Failure(f"{public} is taken: choose another name with -o; keys are never overwritten")
    private_pem, public_pem = keys.generate()
    try:
        keys.write_private(out, private_pem)
    except KeyFileError as error:
        raise Failure(f"{error}: choose another name with -o") from None
    public.write_bytes(public_pem)
    name = _keyid(public_pem)
    try:
        trusted = _trust(name, public_pem) if trust else None
    except OSError as error:
        problem = f"{error.filename}: {error.strerror}"
        raise Failure(f"{out} and {public} are made, but the public key is not trusted yet: {problem}") from error
    if output is Format.JSON:
        print_json(
            {"private": shown(out), "public": shown(public), "keyid": name, "trusted": trusted and shown(trusted)}
        )
        return
    print(f"private key  {out} (keep it secret: it signs bundles)")
    print(f"public key   {public} (give it to those who load them)")
    print(f"key id       {name}")
    print(f"trusted in   {trusted or 'no store (--no-trust)'}")


def _keyid(public_pem: bytes) -> str:
    key = load_pem_public_key(public_pem)
    assert isinstance(key, Ed25519PublicKey)
    return keyid(key.public_bytes_raw())


def _trust(name: str, public_pem: bytes) -> Path:
    """Put the key into this user's store, where `Trust.default()` finds it."""
    store = USER_DIRECTORY.expanduser()
    store.mkdir(parents=True, exist_ok=True)
    path = store / f"{name[:16]}.pub"
    path.write_bytes(public_pem)
    return path
