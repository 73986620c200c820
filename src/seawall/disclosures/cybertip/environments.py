"""Where reports go, and the credentials for there.

The addresses of production and test stand here and in no setting. A credentials file names its environment, and each
environment takes only its own: a test's credentials never open production, nor the other way round.
"""

import base64
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from seawall.effects.outbound import Destination
from seawall.records.errors import BadConfiguration

Name = Literal["production", "test", "local"]
_BASES: dict[str, str] = {
    "production": "https://report.cybertip.org/ispws",
    "test": "https://exttest.cybertip.org/ispws",
}


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider's name and password for one environment; `base` only for a local receiver."""

    environment: Name
    user: str
    password: str
    base: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.environment})"

    @property
    def header(self) -> str:
        """The value of the Authorization header."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    @property
    def address(self) -> str:
        """The base address of the environment."""
        return _BASES.get(self.environment) or self.base.rstrip("/")

    @property
    def destination(self) -> Destination:
        """The one origin that this environment reaches."""
        parts = urlsplit(self.address)
        return Destination(f"{parts.scheme}://{parts.netloc}", private=self.environment == "local")


def read_credentials(path: Path, environment: Name) -> Credentials:
    """The credentials for an environment; raises BadConfiguration where the file is for another one."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Credentials)
    except OSError as error:
        raise BadConfiguration(f"{path} cannot be read ({error.strerror}); give the credentials' JSON file.") from error
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise BadConfiguration(
            f"{path} is no credentials file ({error}); it holds environment, user and password as JSON."
        ) from error
    if found.environment != environment:
        raise BadConfiguration(
            f"{path} is for {found.environment}, and {environment} was asked for; give that environment's file."
        )
    if bool(found.base) != (environment == "local"):
        raise BadConfiguration(f"{path}: `base` is for a local receiver, and only for one; mend the file.")
    return found
