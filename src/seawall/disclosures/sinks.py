"""The sinks of this room by type, for the executor of effects."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from seawall.cases.models import Proposal
from seawall.disclosures.approvals import take_approvals
from seawall.disclosures.cybertip.calls import Tipline
from seawall.disclosures.cybertip.environments import read_credentials
from seawall.disclosures.cybertip.sending import Failed, Held, Sender
from seawall.disclosures.exchange.sharing import Sharer
from seawall.disclosures.ledger import Ledger
from seawall.disclosures.media_store import MediaStore
from seawall.disclosures.models import State
from seawall.disclosures.platforms.directory import reaching, require_known, secret_from
from seawall.disclosures.platforms.mastodon import MastodonSink
from seawall.disclosures.platforms.ozone import OzoneSink
from seawall.disclosures.preserving import PreserveSink
from seawall.disclosures.receipts import Receipts
from seawall.disclosures.turn import sending_turn
from seawall.disclosures.vault.keys import read_operator_key
from seawall.disclosures.vault.purge import purge
from seawall.disclosures.vault.vault import By, Vault
from seawall.effects.outbound import Outbound
from seawall.effects.sink import Maker, Order
from seawall.records.errors import BadInput, Refused, Unavailable
from seawall.records.ids import IdKey

_CYBERTIP = ("environment", "credentials", "id_key", "store", "store_secret", "private", "vault", "operator_key")
_SIGNALS = ("id_key", "operator_key", "origin", "folder")


def _id_key(path: str) -> IdKey:
    return IdKey(bytes.fromhex(secret_from(path)))


def _proposal(order: Order) -> Proposal:
    number = order.origin.removeprefix("proposal:")
    found = Proposal.objects.filter(pk=int(number)).first() if number.isdigit() else None
    if found is None:
        raise Refused(f"{order.kind} was asked for by {order.origin}, which is no proposal; nothing is disclosed.")
    return found


class CybertipSink:
    """Sends the reports of an approved proposal, and retracts those of one that was not upheld."""

    def __init__(self, sender: Sender, receipts: Receipts | None = None) -> None:
        self._sender, self._receipts = sender, receipts

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "CybertipSink":
        """From seawall.toml: `environment`, `credentials`, `id_key`; `store` and `store_secret` for media; `vault`."""
        require_known(name, options, _CYBERTIP, ("environment", "credentials", "id_key"))
        credentials = read_credentials(Path(options["credentials"]), options["environment"])
        log: Path = settings.HOME / "outbound.jsonl"
        store = None
        if "store" in options:
            secret = {"Authorization": secret_from(options["store_secret"])} if "store_secret" in options else {}
            store = MediaStore(reaching(str(options["store"]), options, log), secret)
        line = Tipline(Outbound([credentials.destination], log), credentials)
        ledger, receipts = Ledger(_id_key(options["id_key"])), None
        if "vault" in options:
            receipts = Receipts(Vault(Path(options["vault"]), read_operator_key(Path(options["operator_key"]))), ledger)
        return cls(Sender(ledger, line, store, f"sink {name}"), receipts)

    def carry_out(self, order: Order) -> str:
        """Send or retract every disclosure that the order names; a second time finds them done."""
        if order.kind == "retract_report":
            return self._retract(order)
        if order.kind != "file_report":
            raise Refused(f"reports are filed and retracted here, and {order.kind} is neither; route it elsewhere.")
        disclosures, told = take_approvals(self._sender.ledger, _proposal(order)), []
        with sending_turn():
            for disclosure in disclosures:
                if disclosure.state != State.ACKNOWLEDGED:
                    self._send(disclosure.pk)
                finished = self._sender.ledger.find(disclosure.pk)
                if self._receipts is not None:
                    self._receipts.keep(finished, By(order.person, f"receipts of {order.origin}"))
                told.append(finished.reference)
        return f"reports {', '.join(told)}"

    def _send(self, number: int) -> None:
        try:
            self._sender.send(self._sender.ledger.find(number))
        except (Failed, Held, BadInput):
            raise
        except Refused as error:
            raise Unavailable(f"disclosure {number} waits: {error}") from error

    def _retract(self, order: Order) -> str:
        left = []
        for number in order.details.get("disclosures", {}):
            disclosure = self._sender.ledger.find(int(number))
            if disclosure.state == State.ACKNOWLEDGED:
                left.append(disclosure.reference)
            elif disclosure.state != State.WITHDRAWN:
                self._sender.withdraw(disclosure, "not upheld")
        if left:
            raise Refused(f"reports {', '.join(left)} are finished and are not retracted; write to NCMEC.")
        return "retracted"


class SignalsSink:
    """Writes an approved share into a folder, for its partner to take."""

    def __init__(self, sharer: Sharer, folder: Path) -> None:
        self._sharer, self._folder = sharer, folder

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "SignalsSink":
        """From seawall.toml: `id_key`, `operator_key`, `origin` (this platform's name), `folder`."""
        require_known(name, options, _SIGNALS, _SIGNALS)
        key = read_operator_key(Path(options["operator_key"]))
        sharer = Sharer(Ledger(_id_key(options["id_key"])), key, str(options["origin"]))
        return cls(sharer, Path(options["folder"]))

    def carry_out(self, order: Order) -> str:
        """Write each file whole; the same bytes a second time."""
        if order.kind != "share_signal":
            raise Refused(f"{order.kind} is no share; withdraw signals with the next share.")
        told = []
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for disclosure in take_approvals(self._sharer.ledger, _proposal(order)):
            content = self._sharer.release(disclosure, order.person, timezone.now())
            final = self._folder / f"{disclosure.authority}-{disclosure.pk}.signals"
            partial = final.with_suffix(".partial")
            partial.write_bytes(content)
            partial.replace(final)
            told.append(final.name)
        return ", ".join(told)


class VaultSink:
    """Destroys a case of the vault that two people agreed to destroy."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "VaultSink":
        """From seawall.toml: `folder`, `operator_key`."""
        require_known(name, options, ("folder", "operator_key"), ("folder", "operator_key"))
        return cls(Vault(Path(options["folder"]), read_operator_key(Path(options["operator_key"]))))

    def carry_out(self, order: Order) -> str:
        """Destroy; a case that is destroyed already is done."""
        if order.kind != "purge":
            raise Refused(f"{order.kind} is no purge; route it elsewhere.")
        case_id = str(order.details["case_id"])
        if self._vault.destroyed(case_id):
            return "destroyed before"
        by = By(order.approved_by, f"approved in {order.origin}")
        return f"destroyed {len(purge(self._vault, case_id, order.person, by, timezone.now()).items)} items"


MAKERS: Mapping[str, Maker] = {
    "cybertip": CybertipSink.make,
    "mastodon": MastodonSink.make,
    "ozone": OzoneSink.make,
    "preserve": PreserveSink.make,
    "signals": SignalsSink.make,
    "vault": VaultSink.make,
}
"""Joined with the other rooms' sinks by the command line and the console."""
