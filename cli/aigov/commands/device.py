"""`aigov device`: enrolling devices, on both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from aigov.commands.verb import Format, Output, read_input
from aigov.exits import Failure
from aigov.output import harmless, note, print_json, shown
from aigov.trust import DATA, Data, day, duration, failing, now, registry, written
from aigov_enforcers.transport import client, enrolment, keystore
from aigov_enforcers.transport.credentials import Credentials
from aigov_enforcers.transport.records import PLACES, POSTURES, Device, Grant, Place, Posture
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog="Example: aigov device token ann-laptop --place laptop",
)

CREDENTIALS = Path("~/.config/aigov/device.json")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of the device.")]
File = Annotated[
    Path,
    typer.Option("--credentials", metavar="FILE", envvar="AIGOV_DEVICE", help="Where the device's key is kept."),
]
Server = Annotated[str, typer.Option("--server", metavar="URL", help="The server: https://HOST:PORT.")]
PlaceKind = Annotated[str, typer.Option("--place", metavar="KIND", help=f"Kind of place: {', '.join(PLACES)}.")]
Managed = Annotated[bool, typer.Option("--managed/--unmanaged", help="What policy sees as device.managed.")]


@app.callback()
def group() -> None:
    """Enrol devices: tokens, approval and revocation by the registry; keys and certificates on the device."""


@app.command(epilog="Example: aigov device token ann-laptop --place laptop")
def token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name that the device will have.")],
    place: PlaceKind,
    data: Data = DATA,
    managed: Managed = True,
    lifetime: Annotated[
        str, typer.Option("--lifetime", metavar="TIME", help="How long the token counts, as 1h.")
    ] = written(enrolment.TOKEN_LIFETIME),
    output: Output = Format.TEXT,
) -> None:
    """Make a token that enrols one device, once."""
    moment, life = now(), duration(lifetime)
    with registry(data) as known:
        grant = Grant(name, _place(place), managed)
        made = enrolment.offer(known, Store(data).load(), grant, now=moment, lifetime=life)
    ends = moment + life
    if output is Format.JSON:
        print_json({"token": str(made), "name": name, "place": place, "managed": managed, "expires": ends})
        return
    print(made)
    note(f"for {name}, once, until {day(ends)}: aigov device enroll --server URL --token TOKEN")


@app.command("list", epilog="Example: aigov device list --state pending")
def listing(
    data: Data = DATA,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Only these: pending, active, revoked.")
    ] = None,
    output: Output = Format.TEXT,
) -> None:
    """List the devices."""
    with registry(data) as known:
        devices = [device for device in known.devices() if state in (None, device.state)]
    if output is Format.JSON:
        print_json([_facts(device) for device in devices])
        return
    width = max((len(device.name) for device in devices), default=0)
    for device in devices:
        managed = "managed" if device.managed else "unmanaged"
        owner = f"  {harmless(device.owner)}" if device.owner else ""
        print(
            f"{device.name:<{width}}  {device.id}  {device.state:<7}  {device.place:<9}  {managed:<9}  "
            f"{device.posture:<12}  {day(device.created)}{owner}"
        )


@app.command(epilog="Example: aigov device show ann-laptop")
def show(name: Name, data: Data = DATA, output: Output = Format.TEXT) -> None:
    """Show a device and its certificates."""
    with registry(data) as known:
        device = _device(known, name)
        certificates = known.certificates(device)
    if output is Format.JSON:
        print_json(
            _facts(device)
            | {"certificates": [entry._asdict() | {"serial": f"{entry.serial:x}"} for entry in certificates]}
        )
        return
    for field, value in _facts(device).items():
        print(f"{field:<12} {harmless(str(value))}")
    for entry in certificates:
        end = f"revoked {day(entry.revoked)}" if entry.revoked else f"until {day(entry.not_after)}"
        print(f"certificate  {entry.serial:x}, from {day(entry.issued)}, {end}")


@app.command(epilog="Example: aigov device approve bob-laptop --place laptop")
def approve(name: Name, place: PlaceKind, data: Data = DATA, managed: Managed = False) -> None:
    """Let a device that somebody applied for have its certificate."""
    with registry(data) as known:
        approved = enrolment.approve(known, _device(known, name), place=_place(place), managed=managed)
    note(f"{approved.name} of {approved.owner} is approved, as {approved.place}")


@app.command(epilog="Example: aigov device posture ann-laptop compliant")
def posture(
    name: Name,
    state: Annotated[str, typer.Argument(metavar="POSTURE", help=f"One of {', '.join(POSTURES)}.")],
    data: Data = DATA,
) -> None:
    """Record what device management says of a device: what policy sees as device.posture."""
    with registry(data) as known:
        enrolment.assess(known, _device(known, name), _posture(state))


@app.command(epilog="Example: aigov device revoke ann-laptop")
def revoke(name: Name, data: Data = DATA) -> None:
    """Take a device out of force, on every connection, within a second."""
    with registry(data) as known:
        device = _device(known, name)
        if device.state == "revoked":
            raise Failure(f"{device.name} is revoked already")
        enrolment.revoke(known, device, now=now())
    note(f"{device.name} is revoked")


@app.command(epilog="Example: aigov device enroll --server https://gateway.acme.example:8444 --token TOKEN")
def enroll(
    server: Server,
    given: Annotated[
        str,
        typer.Option("--token", metavar="T", envvar="AIGOV_ENROLL_TOKEN", help="The token; `-` reads standard input."),
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Refuse when the token is for another name.")
    ] = None,
    file: File = CREDENTIALS,
) -> None:
    """Enrol this device with a token. The key is made here and never leaves it."""
    path = _vacant(file)
    with failing():
        credentials = client.enrol(server, _secret(given), name)
        credentials.save(path)
    _enrolled(credentials, path)


@app.command("apply", epilog="Example: aigov device apply --server https://gateway:8444 --ca root.pem --name ann-pc")
def application(
    server: Server,
    ca: Annotated[
        Path, typer.Option("--ca", metavar="FILE", exists=True, dir_okay=False, help="Root of the trust domain (PEM).")
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Name that the device shall have.")],
    sso: Annotated[
        str | None,
        typer.Option(
            "--sso-token",
            metavar="T",
            envvar="AIGOV_SSO_TOKEN",
            help="A token of the SSO, `-` reads it; default: that of `aigov login`.",
        ),
    ] = None,
    file: File = CREDENTIALS,
) -> None:
    """Ask for a certificate in your own name; run `aigov device collect` once it is approved."""
    path = _vacant(file)
    token = _logged_in() if sso is None else _secret(sso)
    with failing():
        pending = client.apply(server, ca.read_text(encoding="ascii", errors="replace"), token, name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keystore.write(_waiting(path), pending.model_dump_json().encode())
    note(f"{name} waits for approval; then run `aigov device collect`")


@app.command(epilog="Example: aigov device collect")
def collect(file: File = CREDENTIALS) -> None:
    """Fetch the certificate that was applied for."""
    path = _vacant(file)
    waiting = _waiting(path)
    with failing():
        try:
            pending = client.Pending.model_validate_json(keystore.read_private(waiting))
        except FileNotFoundError:
            raise Failure("nothing was applied for: `aigov device apply`") from None
        except ValidationError:
            raise Failure(f"{shown(waiting)} holds no application: apply again") from None
        credentials = client.collect(pending)
        if credentials is None:
            raise Failure("not approved yet")
        credentials.save(path)
    waiting.unlink()
    _enrolled(credentials, path)


@app.command(epilog="Example: aigov device renew")
def renew(file: File = CREDENTIALS) -> None:
    """Renew this device's certificate now, with a fresh key. An agent does it by itself at half of its life."""
    path = file.expanduser()
    with failing():
        credentials = client.renew(Credentials.load(path))
        credentials.save(path)
    _enrolled(credentials, path)


def _enrolled(credentials: Credentials, path: Path) -> None:
    own = credentials.own
    print(f"device       {credentials.name}, {own.id}")
    print(f"certificate  until {day(own.not_after)}")
    print(f"server       {credentials.server}")
    print(f"kept in      {shown(path)}")


def _vacant(file: Path) -> Path:
    path = file.expanduser()
    if path.exists():
        raise Failure(f"{shown(path)} is there: this device is enrolled; remove the file to enrol anew")
    return path


def _waiting(path: Path) -> Path:
    return path.with_name(f"{path.stem}-pending.json")


def _logged_in() -> str:
    """The id token of who is logged in."""
    from aigov.login import flows, options
    from aigov.login.web import Web

    with options.failing():
        return flows.current(options.place(None), Web).id_token


def _secret(given: str) -> str:
    """A secret from the option, or from standard input, where other users of the machine do not see it."""
    return read_input(Path("-")).decode("ascii", errors="replace").strip() if given == "-" else given


def _device(known: Registry, name: str) -> Device:
    device = known.device(name)
    if device is None:
        raise Failure(f"no device has the name or id {name!r}")
    return device


def _place(text: str) -> Place:
    for place in PLACES:
        if place == text:
            return place
    raise Failure(f"place {text!r}: expected one of {', '.join(PLACES)}")


def _posture(text: str) -> Posture:
    for posture in POSTURES:
        if posture == text:
            return posture
    raise Failure(f"posture {text!r}: expected one of {', '.join(POSTURES)}")


def _facts(device: Device) -> dict[str, Any]:
    return device._asdict() | {"created": day(device.created)}
