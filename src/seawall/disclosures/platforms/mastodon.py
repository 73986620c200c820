"""Mastodon's admin API: account actions, and the switches of a hashtag."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from django.conf import settings

from seawall.disclosures.platforms.directory import Directory, directory_from, reaching, require_known, secret_from
from seawall.effects.outbound import Answer, Outbound
from seawall.effects.sink import Order
from seawall.records.errors import Refused, Unavailable

_OPTIONS = ("url", "token_file", "ids", "private", "timeout")
_ACTIONS = {"remove": ("suspend", "suspended"), "restrict": ("silence", "silenced")}
_UNDO = {"remove": ("unsuspend", "suspended"), "restrict": ("unsilence", "silenced")}
_HIDDEN = {"trendable": False, "usable": False, "listable": False}
_SHOWN = {"trendable": True, "usable": True, "listable": True}


class MastodonSink:
    """One instance. An account that is in the wanted state already is left as it is."""

    def __init__(self, base: str, token: str, outbound: Outbound, directory: Directory) -> None:
        self.base, self._token, self._outbound, self._directory = base.rstrip("/"), token, outbound, directory

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "MastodonSink":
        """From seawall.toml: `url`, `token_file`, `ids` (JSON, keyed id to the instance's)."""
        require_known(name, options, _OPTIONS, ("url", "token_file"))
        url = str(options["url"])
        outbound = reaching(url, options, settings.HOME / "outbound.jsonl")
        return cls(url, secret_from(options["token_file"]), outbound, directory_from(options))

    def carry_out(self, order: Order) -> str:
        """Do it once: the state that is wanted is asked for first."""
        if order.kind in _ACTIONS:
            return self._act(order, *_ACTIONS[order.kind])
        if order.kind == "restore":
            return self._restore(order)
        if order.kind in {"block_term", "unblock_term"}:
            return self._switch(order, _HIDDEN if order.kind == "block_term" else _SHOWN)
        raise Refused(f"Mastodon has no lever for {order.kind}; route it to another sink.")

    def _act(self, order: Order, action: str, state: str) -> str:
        account = self._directory.own(order.subject_id)
        if self._account(account).get(state):
            return f"{state} already"
        form = {"type": action, "text": f"Seawall {order.id}", "send_email_notification": "false"}
        self._call("POST", f"/api/v1/admin/accounts/{quote(account)}/action", form)
        return state

    def _restore(self, order: Order) -> str:
        undone = str(order.details.get("undoes", ""))
        if undone not in _UNDO:
            return f"nothing to undo of {undone or 'nothing'}"
        action, state = _UNDO[undone]
        account = self._directory.own(order.subject_id)
        if not self._account(account).get(state):
            return f"not {state} any more"
        self._call("POST", f"/api/v1/admin/accounts/{quote(account)}/{action}", {})
        return f"{action}ed".replace("eed", "ed")

    def _switch(self, order: Order, wanted: Mapping[str, bool]) -> str:
        """A hashtag's switches go by its number, which its name gives."""
        name = str(order.details.get("hashtag", "")).lstrip("#")
        if not name:
            raise Refused("Mastodon blocks hashtags, and this term is none; route it to another sink.")
        tag = self._call("GET", f"/api/v1/tags/{quote(name, safe='')}", None)
        number = str(tag.get("id", ""))
        if not number.isdigit():
            raise Refused("the instance knows no number for this hashtag; the token needs admin:read as well.")
        self._call("PUT", f"/api/v1/admin/tags/{number}", {k: str(v).lower() for k, v in wanted.items()})
        return "switched"

    def _account(self, account: str) -> dict[str, Any]:
        return self._call("GET", f"/api/v1/admin/accounts/{quote(account)}", None)

    def _call(self, method: str, path: str, form: Mapping[str, str] | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._outbound.request(
            method,
            self.base + path,
            purpose="mastodon",
            headers=headers,
            body=urlencode(form).encode() if form is not None else None,
        )
        return _read(answer)


def _read(answer: Answer) -> dict[str, Any]:
    if answer.status == 429 or answer.status >= 500:
        raise Unavailable(f"the instance answered {answer.status}; it is tried again.")
    if answer.status >= 400:
        raise Refused(f"the instance answered {answer.status}; check the token's rights and the account's id.")
    try:
        return msgspec.json.decode(answer.body or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Unavailable(f"the instance's answer is not whole ({error}); it is tried again.") from error
