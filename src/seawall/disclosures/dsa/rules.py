"""The rules of the Transparency Database; messages name the field."""

from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlsplit

import msgspec

from seawall.disclosures.dsa.personal import find_personal
from seawall.disclosures.dsa.statement import FREE_TEXT, Statement
from seawall.disclosures.dsa.values import EEA, ContentType, Ground, Keyword, Monetary, Source, Visibility
from seawall.records.errors import BadInput

CONTENT_FROM, APPLIED_FROM, LAST = date(2000, 1, 1), date(2020, 1, 1), date(2038, 1, 1)


def check_statement(statement: Statement, known: Iterable[str] = ()) -> list[str]:
    """Everything that keeps a statement from leaving; `known` are the case's own handles, ids and names."""
    problems = [*_format(statement)]
    if problems:
        return problems
    checks = (_grounds, _others, _decisions, _dates, _places)
    return [*(says for check in checks for says in check(statement)), *_personal(statement, tuple(known))]


def require_clean(statement: Statement, known: Iterable[str] = ()) -> None:
    """Raise BadInput with every problem, or pass."""
    if problems := check_statement(statement, known):
        raise BadInput(f"statement {statement.puid[:40]} does not leave: {'; '.join(problems)}")


def _format(statement: Statement) -> Iterator[str]:
    """Lengths, patterns and closed lists, as the struct says them."""
    try:
        msgspec.convert(msgspec.to_builtins(statement), Statement)
    except (msgspec.ValidationError, TypeError) as error:
        yield str(error).replace("`$.", "`")


def _grounds(statement: Statement) -> Iterator[str]:
    needed = {
        Ground.ILLEGAL: ("illegal_content_legal_ground", "illegal_content_explanation"),
        Ground.INCOMPATIBLE: ("incompatible_content_ground", "incompatible_content_explanation"),
    }
    for ground, fields in needed.items():
        for name in fields:
            given = bool((getattr(statement, name) or "").strip())
            if given != (statement.decision_ground is ground):
                yield f"{name}: stands with {ground.value} and only with it; {'remove it' if given else 'fill it in'}."
    if statement.incompatible_content_illegal and statement.decision_ground is not Ground.INCOMPATIBLE:
        yield "incompatible_content_illegal: stands only with incompatible content; take it out."
    if not statement.decision_facts.strip():
        yield "decision_facts: is empty; tell the facts and circumstances."
    if not statement.content_type:
        yield "content_type: is empty; name at least one."


def _others(statement: Statement) -> Iterator[str]:
    asked = (
        ("decision_visibility_other", Visibility.OTHER in statement.decision_visibility),
        ("decision_monetary_other", statement.decision_monetary is Monetary.OTHER),
        ("content_type_other", ContentType.OTHER in statement.content_type),
        ("category_specification_other", Keyword.OTHER in statement.category_specification),
    )
    for name, wanted in asked:
        given = bool((getattr(statement, name) or "").strip())
        if wanted != given:
            yield f"{name}: {'says what OTHER is; fill it in' if wanted else 'stands only with OTHER; take it out'}."
    if statement.source_type is Source.VOLUNTARY and statement.source_identity:
        yield "source_identity: there is none of an own initiative; take it out."


def _decisions(statement: Statement) -> Iterator[str]:
    taken = (
        statement.decision_visibility,
        statement.decision_monetary,
        statement.decision_provision,
        statement.decision_account,
    )
    if not any(taken):
        yield "decision_visibility, _monetary, _provision, _account: nothing was decided; give at least one."
    ends = (
        ("end_date_visibility_restriction", statement.decision_visibility),
        ("end_date_monetary_restriction", statement.decision_monetary),
        ("end_date_service_restriction", statement.decision_provision),
        ("end_date_account_restriction", statement.decision_account),
    )
    for name, decided in ends:
        end: date | None = getattr(statement, name)
        if end is not None and not decided:
            yield f"{name}: ends what was not decided; take it out."
        if end is not None and end < statement.application_date:
            yield f"{name}: {end} is before the decision applies; correct it."


def _dates(statement: Statement) -> Iterator[str]:
    for name, value, first in (
        ("content_date", statement.content_date, CONTENT_FROM),
        ("application_date", statement.application_date, APPLIED_FROM),
    ):
        if not first <= value <= LAST:
            yield f"{name}: {value} is not between {first} and {LAST}; correct it."


def _places(statement: Statement) -> Iterator[str]:
    if strange := sorted(set(statement.territorial_scope) - EEA):
        yield f"territorial_scope: {', '.join(strange)} is no country of the EU or EEA; take it out."
    url = statement.decision_ground_reference_url
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or "@" in url or parts.query:
            yield "decision_ground_reference_url: give the https:// address of a law or of terms, without a query."


def _personal(statement: Statement, known: tuple[str, ...]) -> Iterator[str]:
    for name in FREE_TEXT:
        kinds = sorted({found.kind for found in find_personal(getattr(statement, name) or "", known)})
        if kinds:
            yield f"{name}: holds what looks like a {' and a '.join(kinds)}; a statement is published. Rephrase it."
    for name in ("puid", "decision_ground_reference_url"):
        text = (getattr(statement, name) or "").casefold()
        if any(len(one) >= 3 and one.casefold() in text for one in known):
            yield f"{name}: holds a name of the case; use a keyed one."
