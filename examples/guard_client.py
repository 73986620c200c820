"""Asking the guard over HTTP; where it does not answer, the safe answer holds."""

from typing import Any

import httpx

SAFE: dict[str, dict[str, Any]] = {
    "search": {"decision": "silent", "removed": [], "help": ""},
    "recommend": {"decision": "remove", "kept": []},
    "contact": {"decision": "hold"},
}
"""What a service does without an answer: nothing is shown, nobody is reached."""

SECONDS = 0.25


class AsyncGuard:
    """For services on asyncio."""

    def __init__(self, address: str, secret: str) -> None:
        headers = {"authorization": f"Bearer {secret}"}
        self._client = httpx.AsyncClient(base_url=address, headers=headers, timeout=SECONDS)

    async def ask(self, surface: str, **asked: Any) -> dict[str, Any]:
        """The guard's answer on a surface, or the safe one."""
        try:
            answer = await self._client.post(f"/v1/{surface}", json=asked)
            return dict(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError):
            return SAFE[surface]


class SyncGuard:
    """For services on threads."""

    def __init__(self, address: str, secret: str) -> None:
        headers = {"authorization": f"Bearer {secret}"}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=SECONDS)

    def ask(self, surface: str, **asked: Any) -> dict[str, Any]:
        """The guard's answer on a surface, or the safe one."""
        try:
            answer = self._client.post(f"/v1/{surface}", json=asked)
            return dict(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError):
            return SAFE[surface]
