"""Serves the console with uvicorn, beyond this machine with TLS."""

import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from seawall.records.errors import BadConfiguration


@dataclass(frozen=True, slots=True)
class Address:
    """Where the console answers; `behind` is the proxy whose word on the browser's protocol is believed."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    behind: str | None = None

    @property
    def plain(self) -> bool:
        """Whether browsers come without TLS."""
        return self.certificate is None and self.behind is None

    @property
    def url(self) -> str:
        """What to open in a browser."""
        return f"{'http' if self.plain else 'https'}://{self.host}:{self.port}/"

    def check(self) -> None:
        """Refuse an address at which passwords would travel in the clear."""
        if self.plain and not _is_here(self.host):
            raise BadConfiguration(
                f"At {self.host} without TLS others could read passwords. Give --certificate and --key, or --behind "
                "with the address of a proxy that has them, or leave --host out."
            )
        if (self.certificate is None) != (self.key is None):
            raise BadConfiguration("A certificate and its key go together: give --certificate and --key.")

    def tell_settings(self) -> None:
        """Put into the environment what the settings read."""
        os.environ["SEAWALL_PLAIN_HTTP"] = "1" if self.plain else "0"
        if not _is_here(self.host) and "SEAWALL_HOSTS" not in os.environ:
            raise BadConfiguration("Say under which host names the console is reached: set SEAWALL_HOSTS.")


def serve(address: Address) -> None:
    """Answer until stopped."""
    uvicorn.run(
        "seawall.console.asgi:application",
        host=address.host,
        port=address.port,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        proxy_headers=address.behind is not None,
        forwarded_allow_ips=address.behind or "",
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=10,
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
