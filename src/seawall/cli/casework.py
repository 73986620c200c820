"""What the commands on cases do; imported once the home is open."""

import time
from collections.abc import Sequence
from pathlib import Path

import click
import pyarrow.parquet as pq
from django.conf import settings

from seawall.cases.actor import at_shell
from seawall.cases.commands import effects as effects_commands
from seawall.cases.commands.decisions import may_be_child, propose_takedown
from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.erasure import erase_account
from seawall.cases.commands.queue import get_case
from seawall.cases.commands.runs import take_up
from seawall.cases.commands.texts import add_activity, platform_ids
from seawall.cases.models import Case
from seawall.cases.upkeep import ANCHOR_EVERY, keep_up
from seawall.cases.verdicts import verdicts
from seawall.cases.verifying import verify
from seawall.cli.home import APPEALS
from seawall.cli.sinks import MAKERS
from seawall.effects.configuration import effects_section
from seawall.effects.executor import carry_out_due, stuck
from seawall.effects.models import Effect
from seawall.effects.sinks import make_sinks
from seawall.records.errors import BadInput, Damaged
from seawall.records.ids import IdKey

IDLE = 0.5  # seconds between two looks at an empty outbox


def open_cases(run: Path, activity: Path | None, key: IdKey | None) -> None:
    """Take a run up, and what its activity adds."""
    taken = take_up(run)
    click.echo(
        f"{taken.opened} opened ({taken.split} of them split off), {taken.updated} updated, {taken.merged} merged, "
        f"{taken.reopened} reopened, {taken.unchanged} as they were"
    )
    if activity is not None and key is not None:
        added = add_activity(run, activity, key)
        click.echo(f"{added.texts} texts, {added.ties} ties and {added.shared} shared things in {added.cases} cases")


def list_cases(limit: int) -> None:
    """Print open cases, most urgent first."""
    for case in Case.objects.filter(state=Case.State.OPEN)[:limit]:
        reasons = ", ".join(case.reasons) or "-"
        click.echo(f"{case}\t{case.size} accounts\t{case.undecided} undecided\trisk {case.risk:.2f}\t{reasons}")


def propose(number: int, by: str, action: str, reason: str) -> None:
    """Propose one action for every undecided account of a case that cannot be a child."""
    actor = at_shell(by)
    case = get_case(actor, number)
    members = list(case.members.filter(present=True, action="", action_pending=False))
    rulings = {member.account_id: Ruling(action, member.role) for member in members if not may_be_child(member)}
    if not rulings:
        raise BadInput(f"{case} has no undecided account that could be proposed.")
    proposal = propose_takedown(actor, case, rulings, reason)
    left = len(members) - len(rulings)
    click.echo(
        f"{proposal}: {len(rulings)} accounts to {action}, {left} left out; a second person decides at the console"
    )


def work(appeals: Path | None, key: IdKey | None, *, once: bool) -> None:
    """Carry out effects and keep up, until it is stopped or (once) nothing is due."""
    section = effects_section()
    sinks = make_sinks(section, MAKERS)
    done, anchored, told = 0, float("-inf"), ["nothing yet"]
    while True:
        tried = carry_out_due(sinks, section)
        done += tried
        idle = tried == 0
        if time.monotonic() - anchored >= ANCHOR_EVERY:
            anchored = time.monotonic()
            lines = keep_up(appeals or settings.HOME / APPEALS, key).lines()
            if lines != told:
                click.echo("; ".join(lines) or "nothing waits for people")
            told = lines
        if once and idle:
            click.echo(f"{done} effects tried")
            return
        if idle:
            time.sleep(IDLE)


def list_stuck() -> None:
    """Print effects that a person must look at."""
    for effect in stuck():
        answer = " ".join(effect.answer.split())
        click.echo(f"{effect.pk}\t{effect.kind}\t{effect.sink}\t{effect.state}\t{effect.attempts}\t{answer}")


def try_again(effects: Sequence[str], by: str) -> None:
    """Let failed effects be tried again."""
    actor = at_shell(by)
    known = Effect.objects.in_bulk(effects)
    if unknown := [one for one in effects if one not in known]:
        raise BadInput(f"there is no effect {unknown[0]}; `seawall cases stuck` lists those that wait for a person.")
    for effect in known.values():
        effects_commands.try_again(actor, effect)
    click.echo(f"{len(known)} are tried again by `seawall cases work`")


def erase(*names: str) -> None:
    """Put a made-up name in the place of an account, in every case."""
    erased = erase_account(names)
    click.echo(f"cases: {erased.rows:,} rows now say {erased.name}, {erased.texts:,} texts are destroyed")


def export_verdicts(out: Path, activity: Path | None, key: IdKey | None) -> None:
    """Write decisions as the next run's verdicts."""
    spellings = platform_ids(activity, key) if activity is not None and key is not None else None
    table = verdicts(spellings)
    pq.write_table(table, out)
    click.echo(f"{len(table)} verdicts in {out}")


def verify_log() -> None:
    """Print every fault of the audit log; raises Damaged where there is one."""
    found = verify()
    for fault in found.faults:
        click.echo(str(fault))
    if found.faults:
        raise Damaged(f"the audit log is not what was written: {len(found.faults)} faults in {found.rows} rows.")
    click.echo(f"{found.rows} rows and {found.anchors} anchors: the audit log is whole.")


def anchor_log() -> None:
    """Write one anchor, and close what is late."""
    for line in keep_up(None, None).lines():
        click.echo(line)
    click.echo("anchored.")
