"""Where a login is kept: one file that only its owner reads."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from aigov_enforcers.identity.sso import Client, LoginError
from aigov_enforcers.transport import keystore
from aigov_enforcers.transport.errors import AuthorityError


class Login(BaseModel):
    """A person who has logged in. `claims` are those of the id token, which was verified when it came."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client: str
    secret: str
    id_token: str
    refresh_token: str
    claims: dict[str, Any]

    @property
    def us(self) -> Client:
        """We, as the provider knows us."""
        return Client(self.client, self.secret)

    @property
    def expires(self) -> float:
        """When the id token does, in seconds since 1970."""
        return float(self.claims["exp"])


def default() -> Path:
    """The file that AIGOV_LOGIN names, or the one in this user's data directory (XDG Base Directory Specification)."""
    if named := os.environ.get("AIGOV_LOGIN"):
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path("~/.local/share").expanduser()) / "aigov" / "login.json"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone with the file: of two that refresh at once the second would use a refresh token that counts no more."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def load(path: Path) -> Login:
    """The login in a file. Raises LoginError."""
    try:
        return Login.model_validate_json(keystore.read_private(path))
    except FileNotFoundError:
        raise LoginError("nobody is logged in: `aigov login`") from None
    except AuthorityError as error:
        raise LoginError(str(error)) from None
    except ValidationError:
        raise LoginError(f"{path} holds no login: `aigov login` again") from None


def save(path: Path, login: Login) -> None:
    """Write the file in one step, for its owner only."""
    keystore.write(path, login.model_dump_json(indent=2).encode())
