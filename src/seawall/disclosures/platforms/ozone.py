"""Ozone: moderation events and labels, each once."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from seawall.disclosures.platforms.directory import Directory, directory_from, reaching, require_known, secret_from
from seawall.effects.outbound import Answer, Outbound
from seawall.effects.sink import Order
from seawall.records.errors import BadConfiguration, Refused, Unavailable

_OPTIONS = ("url", "token_file", "created_by", "proxy", "labels", "ids", "private", "timeout")
_EVENTS = "tools.ozone.moderation.defs#modEvent"
_CALL = "/xrpc/tools.ozone.moderation.emitEvent"
_LABEL = re.compile(r"[a-z][a-z0-9-]{0,127}")
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]+")


class OzoneSink:
    """One labeler. `labels` maps kinds of effects to the label that they set, as restrict = "intolerant"."""

    def __init__(
        self,
        base: str,
        token: str,
        created_by: str,
        outbound: Outbound,
        directory: Directory,
        labels: Mapping[str, str],
        proxy: str = "",
    ) -> None:
        wrong = [label for label in labels.values() if not _LABEL.fullmatch(label)]
        if wrong:
            raise BadConfiguration(f"{wrong[0]!r} is no label; Ozone takes lower-case letters, digits and hyphens.")
        self.base, self._token, self._by = base.rstrip("/"), token, created_by
        self._outbound, self._directory, self._labels, self._proxy = outbound, directory, labels, proxy

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "OzoneSink":
        """From seawall.toml: `url`, `token_file`, `created_by` (a DID), `labels`, `ids`, `proxy`."""
        require_known(name, options, _OPTIONS, ("url", "token_file", "created_by"))
        url = str(options["url"])
        return cls(
            url,
            secret_from(options["token_file"]),
            str(options["created_by"]),
            reaching(url, options, settings.HOME / "outbound.jsonl"),
            directory_from(options),
            dict(options.get("labels", {})),
            str(options.get("proxy", "")),
        )

    def carry_out(self, order: Order) -> str:
        """Emit the event of an effect; one that Ozone knows already is done."""
        did = self._directory.own(order.subject_id)
        if not _DID.fullmatch(did):
            raise Refused("the account's id is no DID; give the table of ids.")
        answer = self._emit(order, self._event(order), did)
        if 200 <= answer.status < 300:
            return f"event {_told(answer).get('id', '')}".strip()
        told = _told(answer)
        if answer.status == 400 and told.get("error") == "DuplicateExternalId":
            return "known already"
        if answer.status == 429 or answer.status >= 500:
            raise Unavailable(f"Ozone answered {answer.status}; it is tried again.")
        raise Refused(f"Ozone answered {answer.status} ({told.get('error', 'no reason')}); check the token's rights.")

    def _event(self, order: Order) -> dict[str, Any]:
        if order.kind in self._labels:
            return _label([self._labels[order.kind]], [])
        undone = str(order.details.get("undoes", ""))
        if order.kind in {"restore", "clear"} and undone in self._labels:
            return _label([], [self._labels[undone]])
        simple = {"remove": "Takedown", "restore": "ReverseTakedown", "clear": "Acknowledge"}
        if order.kind not in simple:
            raise Refused(f"nothing is configured for {order.kind} at Ozone; give it a label or another sink.")
        return {"$type": _EVENTS + simple[order.kind], "comment": order.id}

    def _emit(self, order: Order, event: Mapping[str, Any], did: str) -> Answer:
        body = {
            "event": event,
            "subject": {"$type": "com.atproto.admin.defs#repoRef", "did": did},
            "createdBy": self._by,
            "externalId": order.id,
            "modTool": {
                "name": "seawall",
                "meta": {"batchId": order.origin, "externalUrl": "", "at": timezone.now().isoformat()},
            },
        }
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if self._proxy:
            headers["atproto-proxy"] = self._proxy
        return self._outbound.request(
            "POST", self.base + _CALL, purpose=f"ozone {order.kind}", headers=headers, body=msgspec.json.encode(body)
        )


def _label(create: list[str], negate: list[str]) -> dict[str, Any]:
    return {"$type": _EVENTS + "Label", "createLabelVals": create, "negateLabelVals": negate}


def _told(answer: Answer) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.body or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError):
        return {}
