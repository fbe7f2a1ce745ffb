"""The server in front of the provider: `python -m tests.bench.rig.gateway BUNDLE URL [CHAIN KEY TRUST]`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from aigov_enforcers.identity import Device, Identity, User
from aigov_enforcers.server.proxy import Plane
from aigov_enforcers.server.targets import Provider
from aigov_enforcers.server.who import Fixed
from aigov_enforcers.transport.contexts import server_context
from aigov_runtime import UNVERIFIED, Engine
from tests.bench.rig.process import serve


def main(bundle: str, url: str, *pems: str) -> None:
    engine = Engine.load(Path(bundle), UNVERIFIED)
    who = Fixed(Identity(user=User(id="ann", groups=frozenset({"eng"})), device=Device(id="d", managed=True)))
    provider = Provider("openai", url, (("authorization", "Bearer real"),), private=True)

    def door() -> Callable[[], asyncio.Protocol]:
        return Plane(engine, [provider], who).door

    serve(door, server_context(*(Path(pem).read_bytes() for pem in pems)) if pems else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
