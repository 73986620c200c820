"""The lexicon on disk: versions, and a log of all changes.

A folder with `lexicon.json`, `log.jsonl` and the compiled lexicon, all readable by their owner only. The log is only
ever appended to; each line names who, when, what and which version came of it, and carries the digest of the line
before, so that a line taken out or changed is seen.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seawall.records.errors import BadLexicon, Damaged, Refused
from seawall.terms.approvals import Approval, people_needed
from seawall.terms.cache import load_or_compile
from seawall.terms.lexicon import Lexicon, Status, Term, lexicon_from_dict, lexicon_to_dict
from seawall.terms.scanner import Scanner

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class LexiconStore:
    """A lexicon in a folder. Every method that changes it writes a new version and a line in the log."""

    def __init__(self, folder: str | Path, clock: Clock = _now) -> None:
        self.folder = Path(folder)
        self._clock = clock

    def load(self) -> Lexicon:
        """The newest version; an empty lexicon where there is none yet."""
        path = self.folder / "lexicon.json"
        if not path.exists():
            return Lexicon()
        try:
            return lexicon_from_dict(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise Damaged(f"{path} is not JSON ({error}). Restore it from a backup.") from error

    def scanner(self) -> Scanner:
        """Of the newest version, compiled once and kept beside it; a damaged file is compiled again, with a warning."""
        return load_or_compile(self.load(), self.folder / "lexicon.compiled")

    def propose(self, terms: Iterable[Term], by: str) -> Lexicon:
        """Add terms as proposed, whatever status their file gave them; known texts stay as they are."""
        lexicon = self.load()
        at = self._time()
        new = (replace(t, status=Status.PROPOSED, proposed_by=by, proposed_at=at, approved_by=()) for t in terms)
        joined = lexicon.joined(Lexicon(tuple(new)))
        added = [term.text for term in joined.terms[len(lexicon) :]]
        return self._write(joined, "propose", by, added)

    def allow(self, words: Iterable[str], by: str) -> Lexicon:
        """Add innocent words, which never count as a disguise of a term."""
        words = tuple(words)
        return self._write(self.load().joined(Lexicon(innocent=words)), "allow", by, words)

    def activate(self, approval: Approval, trusted: Mapping[str, Ed25519PublicKey]) -> Lexicon:
        """Make the approved terms active, or approved where a second person has yet to sign.

        Errors: `Refused` where the approval is of another version, names an unknown or retired term, or is signed by
        nobody who is trusted.
        """
        lexicon = self.load()
        if approval.version != lexicon.version:
            raise Refused(
                f"The approval is of version {approval.version}; the lexicon is at {lexicon.version}. Sign it anew."
            )
        signers = approval.signers(trusted)
        if not signers:
            raise Refused("Nobody has signed this approval.")
        chosen = self._named(lexicon, approval.terms)
        at = self._time()
        terms = tuple(_approved(term, signers, at) if term.text in chosen else term for term in lexicon.terms)
        return self._write(replace(lexicon, terms=terms), "activate", " + ".join(signers), approval.terms)

    def retire(self, texts: Iterable[str], by: str) -> Lexicon:
        """Take terms out of use; one person suffices, since it blocks nothing."""
        lexicon = self.load()
        texts = tuple(texts)
        chosen = self._named(lexicon, texts)
        terms = tuple(replace(t, status=Status.RETIRED) if t.text in chosen else t for t in lexicon.terms)
        return self._write(replace(lexicon, terms=terms), "retire", by, texts)

    def shown(self, by: str, purpose: str, count: int) -> None:
        """Log that somebody saw or took terms in clear; without a purpose it is refused."""
        if not purpose.strip():
            raise Refused("Terms in clear need a stated purpose. Say why: --purpose TEXT.")
        self._log("show", by, self.load().version, {"purpose": purpose, "count": count})

    def log(self) -> Iterator[dict[str, Any]]:
        """Every change and every look, oldest first. Errors: `Damaged` where a line was changed or taken out."""
        path = self.folder / "log.jsonl"
        before = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), start=1):
            entry = json.loads(line)
            if entry["before"] != before:
                raise Damaged(f"{path}, line {number}: the line before it is not the one that was written.")
            before = _digest(line)
            yield entry

    def _named(self, lexicon: Lexicon, texts: Iterable[str]) -> set[str]:
        known = {term.text for term in lexicon.terms if term.status is not Status.RETIRED}
        chosen = set(texts)
        if chosen - known:
            raise BadLexicon(f"{len(chosen - known)} of the named terms are not in the lexicon, or retired.")
        return chosen

    def _write(self, lexicon: Lexicon, action: str, by: str, texts: Iterable[str]) -> Lexicon:
        if not by.strip():
            raise Refused("A change needs the name of who makes it: --by NAME.")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lexicon = replace(lexicon, version=lexicon.version + 1)
        handle, name = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(lexicon_to_dict(lexicon), file, ensure_ascii=False, indent=1)
        Path(name).replace(self.folder / "lexicon.json")
        self._log(action, by, lexicon.version, {"terms": list(texts)})
        return lexicon

    def _log(self, action: str, by: str, version: int, more: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / "log.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        entry = {"at": self._time(), "by": by, "action": action, "version": version, **more}
        entry["before"] = _digest(lines[-1]) if lines else ""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _time(self) -> str:
        return self._clock().isoformat(timespec="seconds")


def _approved(term: Term, signers: tuple[str, ...], at: str) -> Term:
    people = tuple(sorted({*term.approved_by, *signers}))
    status = Status.ACTIVE if len(people) >= people_needed(term) else Status.APPROVED
    return replace(term, status=status, approved_by=people, approved_at=at)


def _digest(line: str) -> str:
    return hashlib.blake2b(line.encode(), digest_size=16).hexdigest()
