"""`aigov server` as a process, its log read line by line."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Server:
    """Runs while it is used as a context manager."""

    def __init__(self, config: Path, **environment: str) -> None:
        self._config, self._environment = config, environment
        self.lines: list[dict[str, Any]] = []
        self._more: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aigov", "server", str(self._config)],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | self._environment,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        try:
            begun = self.logged(lambda line: "listen" in line)
            self.requests, self.control, self.health = (
                int(begun[name].rpartition(":")[2]) for name in ("listen", "control", "health")
            )
            wait(lambda: self.get("/ready")[0] == 200)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for text in self.process.stderr:
            line = json.loads(text) if text.startswith("{") else {"message": text}
            self.lines.append(line)
            self._more.put(line)
        self._more.put(None)

    def logged(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 20) -> dict[str, Any]:
        """The next line of the log that is wanted."""
        limit = time.monotonic() + seconds
        while True:
            line = self._more.get(timeout=max(0.01, limit - time.monotonic()))
            assert line is not None, self.lines
            if wanted(line):
                return line

    def get(self, path: str) -> tuple[int, bytes]:
        """An answer of the plain listener; status 0 for none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.health, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def metric(self, name: str) -> float:
        """A sample of the metrics, by its name with labels."""
        for line in self.get("/metrics")[1].decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return -1

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    @property
    def workers(self) -> list[int]:
        """The pids of the processes of the server, its supervisor's children."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @contextlib.contextmanager
    def connection(self, context: ssl.SSLContext) -> Iterator[http.client.HTTPSConnection]:
        """To the address of requests."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.requests, context=context, timeout=10)
        try:
            yield connection
        finally:
            connection.close()


def wait(until: Callable[[], bool], seconds: float = 20) -> float:
    """Wait for something; how many seconds it took."""
    begun = time.monotonic()
    while not until():
        assert time.monotonic() - begun < seconds, "it did not happen"
        time.sleep(0.02)
    return time.monotonic() - begun
