"""Asks the platform's store to keep media before a removal."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from seawall.disclosures.media_store import MediaStore
from seawall.disclosures.platform_rows import MediaRow, rows_of
from seawall.disclosures.platforms.directory import Directory, directory_from, reaching, require_known, secret_from
from seawall.disclosures.vault.case_state import YEAR
from seawall.disclosures.vault.keys import read_operator_key
from seawall.disclosures.vault.vault import By, Vault
from seawall.effects.sink import Order
from seawall.records.errors import Refused

_OPTIONS = ("url", "secret_file", "activity", "ids", "vault", "operator_key", "private", "timeout")
_MARGIN = timedelta(days=30)
"""Preserved longer than the year that a report will ask for: it is not sent on the same day."""


class PreserveSink:
    """By locator and digest; the store's receipts go into the vault. A file that has one is not asked for again."""

    def __init__(self, store: MediaStore, activity: Path, directory: Directory, vault: Vault) -> None:
        self._store, self._activity, self._directory, self._vault = store, activity, directory, vault

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "PreserveSink":
        """From seawall.toml: `url` (the store's call), `activity`, `vault`, `operator_key`; `secret_file`, `ids`."""
        require_known(name, options, _OPTIONS, ("url", "activity", "vault", "operator_key"))
        url = str(options["url"])
        secret = {"Authorization": secret_from(options["secret_file"])} if "secret_file" in options else {}
        store = MediaStore(reaching(url, options, settings.HOME / "outbound.jsonl"), secret, url)
        vault = Vault(Path(options["vault"]), read_operator_key(Path(options["operator_key"])))
        return cls(store, Path(options["activity"]), directory_from(options), vault)

    def carry_out(self, order: Order) -> str:
        """Ask for every file of the account that the platform's table tells a locator and a digest of."""
        if order.kind != "preserve":
            raise Refused(f"{order.kind} is not preserving; route it to another sink.")
        own = self._directory.own(order.subject_id)
        rows = rows_of(self._activity, "media", MediaRow, [own]).get(own, [])
        by = By(order.person, f"preserve for {order.origin}")
        case = self._vault.open(f"C-{order.details.get('case', order.origin)}", by)
        there, until = {item.name for item in case.items()}, timezone.now() + YEAR + _MARGIN
        asked = 0
        for row in rows:
            receipt = f"preserved-{row.media_id}"
            if row.locator and row.sha256 and receipt not in there:
                told = self._store.preserve(case.folder.name, row.locator, row.sha256, f"{until:%Y-%m-%d}")
                case.put(receipt, [told or b"promised without a receipt"])
                asked += 1
        case.preserve_until(until)
        return f"{asked} files asked for, {sum(not (row.locator and row.sha256) for row in rows)} without a locator"
