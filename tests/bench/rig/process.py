"""A server in a process of its own, with what it costs."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvloop

_TICK = os.sysconf("SC_CLK_TCK")


def serve(door: Callable[[], Callable[[], asyncio.Protocol]], tls: ssl.SSLContext | None = None) -> None:
    """Serve on loopback, print the port, end with the standard input."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(door(), "127.0.0.1", 0, ssl=tls, backlog=4096)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the port is for the parent
        await loop.run_in_executor(None, sys.stdin.read)
        os._exit(0)

    uvloop.run(main())


class Process(NamedTuple):
    """One that runs."""

    pid: int
    port: int

    @property
    def seconds(self) -> float:
        """CPU time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(module: str, *arguments: object) -> Iterator[Process]:
    """A module of this package as a process."""
    command = [sys.executable, "-m", f"tests.bench.rig.{module}", *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Process(process.pid, int(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.wait(timeout=10)
