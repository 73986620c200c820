"""`seawall disclose`: everything that leaves the house."""

import click

from seawall.cli.lazy import LazyGroup

_REPORTS = "seawall.cli.disclose_reports"
_STATEMENTS, _PARTNERS = "seawall.cli.disclose_statements", "seawall.cli.disclose_partners"
_SIGNALS = "seawall.cli.disclose_signals"
COMMANDS = {
    "example": (f"{_REPORTS}:example", "Write an invented case, to try everything with."),
    "dossier": (f"{_PARTNERS}:dossier", "Write a decided case with what the platform knows of it."),
    "route": (f"{_PARTNERS}:route", "Say which authorities get a case, and why."),
    "quality": (f"{_REPORTS}:quality", "Score the reports of a case and tell what they lack."),
    "check": (f"{_REPORTS}:check", "Hold the reports of a case to the format's rules."),
    "rehearse": (f"{_REPORTS}:rehearse", "Send a case to a receiver on this machine."),
    "draft": (f"{_REPORTS}:draft", "Draft the reports of a case, for two people to approve."),
    "list": (f"{_REPORTS}:list_disclosures", "List what the ledger holds."),
    "send": (f"{_REPORTS}:send", "Send what two people approved, or go on with it."),
    "retry": (f"{_REPORTS}:retry", "Let a failed report be sent again as it is."),
    "settle": (f"{_REPORTS}:settle", "Say whether a report whose finish was lost had arrived."),
    "withdraw": (f"{_REPORTS}:withdraw", "Take a report back before it is finished."),
    "verify": (f"{_REPORTS}:verify", "Check every digest of the ledger."),
    "receiver": (f"{_REPORTS}:receiver", "Run a CyberTipline receiver on this machine."),
    "refresh-schema": (f"{_REPORTS}:refresh_schema", "Fetch the official schema."),
    "pack": (f"{_PARTNERS}:pack", "Report a case to an authority without an interface."),
    "statements": (f"{_STATEMENTS}:statements", "Check and send statements of reasons."),
    "transparency": (f"{_STATEMENTS}:transparency", "Write the transparency report."),
    "vault": ("seawall.cli.disclose_evidence:vault", "Keep evidence sealed, case by case."),
    "signals": (f"{_SIGNALS}:signals", "Share signals with partners, and take theirs."),
}
"""Every command, where it is, and its line of help."""


@click.group("disclose", cls=LazyGroup, lazy=COMMANDS)
def disclose() -> None:
    """Report cases, state reasons, preserve evidence, share signals.

    The command line drafts, checks and sends; two people approve in the console in between.
    """
