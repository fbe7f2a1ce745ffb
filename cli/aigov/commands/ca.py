"""`aigov ca`: the certificate authority of a trust domain."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from aigov.commands.verb import Format, Output
from aigov.exits import Failure
from aigov.output import count, note, print_json, shown
from aigov.trust import DATA, Data, day, duration, failing, now, registry, written
from aigov_enforcers.transport import enrolment, hardware, keystore, request
from aigov_enforcers.transport.authority import SERVER_LIFETIME, Authority
from aigov_enforcers.transport.names import spiffe_id
from aigov_enforcers.transport.store import OVERLAP, Store

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog="Example: aigov ca init /var/lib/aigov --domain acme.example",
)

_SOON = timedelta(days=30)

RootKey = Annotated[
    Path | None,
    typer.Option("--root-key", metavar="FILE", help="The root's key, where it is kept; else DIR/root.key."),
]


@app.callback()
def group() -> None:
    """Make and keep the certificate authority of a trust domain."""


@app.command(epilog="Example: aigov ca init /var/lib/aigov --domain acme.example")
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the authority and its registry will be.")],
    domain: Annotated[str, typer.Option("--domain", metavar="D", help="Trust domain, as acme.example.")],
    token: Annotated[
        bool, typer.Option("--pkcs11", help=f"Keep the intermediates' keys in the token that {hardware.MODULE} names.")
    ] = False,
    output: Output = Format.TEXT,
) -> None:
    """Make a trust domain: an offline root, an intermediate that issues, and an empty registry of devices."""
    store = Store(directory)
    with failing():
        keys = hardware.TokenKeys(hardware.Place.from_environment()) if token else None
        authority = store.create(domain, now=now(), keys=keys)
    if output is Format.JSON:
        print_json(_facts(store, authority))
        return
    _print(store, authority)
    note(f"move {shown(store.root_key)} to a safe: only `aigov ca rotate` and `aigov ca retire` need it")


@app.command(epilog="Example: aigov ca status --data /var/lib/aigov")
def status(data: Data = DATA, output: Output = Format.TEXT) -> None:
    """Show the root, the intermediates, and how many devices there are."""
    store = Store(data)
    with registry(data) as devices:
        authority = store.load()
        states = [device.state for device in devices.devices()]
    if output is Format.JSON:
        print_json(
            _facts(store, authority) | {"devices": {state: states.count(state) for state in sorted(set(states))}}
        )
        return
    _print(store, authority)
    print(f"devices      {', '.join(f'{number} {state}' for state, number in Counter(states).items()) or 'none'}")
    if authority.issuers[0].certificate.not_valid_after_utc - now() < _SOON:
        note("the issuing certificate ends soon: `aigov ca rotate`")
    if any(issuer.fades and issuer.fades <= now() for issuer in authority.issuers):
        note("an old intermediate can go: `aigov ca retire`")


@app.command(epilog="Example: aigov ca rotate --root-key /media/safe/root.key")
def rotate(
    data: Data = DATA,
    root_key: RootKey = None,
    overlap: Annotated[
        str, typer.Option("--overlap", metavar="TIME", help="How long the old one still counts, as 31d.")
    ] = written(OVERLAP),
    output: Output = Format.TEXT,
) -> None:
    """Issue by a new intermediate from now on; the old one counts until its overlap is over and it is retired."""
    store = Store(data)
    with failing():
        authority = store.rotate(now=now(), root_key=root_key, overlap=duration(overlap))
    _show(store, authority, output)


@app.command(epilog="Example: aigov ca retire --root-key /media/safe/root.key")
def retire(
    data: Data = DATA,
    root_key: RootKey = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="Also those whose overlap is not over: their key is stolen.")
    ] = False,
    output: Output = Format.TEXT,
) -> None:
    """Take old intermediates out of force, and destroy their keys. What they issued counts no more."""
    store = Store(data)
    with failing():
        authority = store.retire(now=now(), root_key=root_key, at_once=at_once)
    _show(store, authority, output)


@app.command(epilog="Example: aigov ca server gateway --dns gateway.acme.example -o /etc/aigov")
def server(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Last part of its SPIFFE id.")],
    data: Data = DATA,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where NAME.pem and NAME.key go.")] = Path(),
    dns: Annotated[
        list[str] | None, typer.Option("--dns", metavar="NAME", help="A DNS name for clients that look at those.")
    ] = None,
    lifetime: Annotated[str, typer.Option("--lifetime", metavar="TIME", help="How long it counts, as 30d.")] = written(
        SERVER_LIFETIME
    ),
    balancer: Annotated[
        bool, typer.Option("--balancer", help="For a balancer that ends TLS before a server, not for a server.")
    ] = False,
    output: Output = Format.TEXT,
) -> None:
    """Make a key and a certificate for a server; made again, it replaces the certificate and the key."""
    key = request.new_key()
    with registry(data) as known:
        authority = Store(data).load()
        identity = spiffe_id(authority.domain, "proxy" if balancer else "server", name)
        issued = enrolment.certify_other(
            known,
            authority,
            identity,
            csr=request.make(key),
            now=now(),
            lifetime=duration(lifetime),
            dns=tuple(dns or ()),
        )
    chain_path, key_path = out / f"{name}.pem", out / f"{name}.key"
    keystore.write(key_path, request.key_pem(key))
    keystore.write(chain_path, issued.chain, mode=0o644)
    ends = issued.certificate.not_valid_after_utc
    if output is Format.JSON:
        print_json({"id": str(identity), "chain": shown(chain_path), "key": shown(key_path), "not_after": ends})
        return
    print(f"identity     {identity}")
    print(f"certificate  {shown(chain_path)}, until {day(ends)}")
    print(f"private key  {shown(key_path)}")


@app.command(epilog="Example: aigov ca revoke gateway")
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Last part of its SPIFFE id.")],
    data: Data = DATA,
    balancer: Annotated[bool, typer.Option("--balancer", help="A balancer, not a server.")] = False,
) -> None:
    """Take all certificates of a server or balancer out of force. For devices, see `aigov device revoke`."""
    with registry(data) as known:
        holder = str(spiffe_id(Store(data).load().domain, "proxy" if balancer else "server", name))
        with known.change() as change:
            number = change.revoke_holder(holder, now().timestamp())
    if not number:
        raise Failure(f"{holder} has no certificate that counts")
    note(f"{count(number, 'certificate')} of {holder} revoked")


@app.command(epilog="Example: aigov ca crl -o crl.pem")
def crl(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write the CRLs, in PEM.")],
    data: Data = DATA,
) -> None:
    """Sign the lists of what is revoked, for whoever verifies certificates of the domain by them."""
    with registry(data) as known:
        keystore.write(out, enrolment.publish_crl(known, Store(data).load(), now=now()), mode=0o644)


def _show(store: Store, authority: Authority, output: Format) -> None:
    if output is Format.JSON:
        print_json(_facts(store, authority))
    else:
        _print(store, authority)


def _facts(store: Store, authority: Authority) -> dict[str, Any]:
    return {
        "domain": authority.domain,
        "root": {
            "file": shown(store.trust),
            "digest": enrolment.pin(authority.root),
            "not_after": authority.root.not_valid_after_utc,
            "key_is_here": store.root_key.exists(),
        },
        "issuers": [
            {
                "serial": f"{issuer.certificate.serial_number:x}",
                "not_after": issuer.certificate.not_valid_after_utc,
                "fades": issuer.fades,
            }
            for issuer in authority.issuers
        ],
        "retired": len(authority.root_crl),
    }


def _print(store: Store, authority: Authority) -> None:
    place = "its key lies beside it" if store.root_key.exists() else "its key is not here"
    print(f"domain       {authority.domain}")
    print(f"root         {shown(store.trust)}, until {day(authority.root.not_valid_after_utc)}; {place}")
    print(f"digest       {enrolment.pin(authority.root)}")
    for issuer in authority.issuers:
        role = "issues" if issuer.fades is None else f"fades, to be retired from {day(issuer.fades)}"
        serial = f"{issuer.certificate.serial_number:x}"
        print(f"issuer       {serial[:16]}, until {day(issuer.certificate.not_valid_after_utc)}; {role}")
    print(f"retired      {len(authority.root_crl)}")
