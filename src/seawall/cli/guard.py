"""`seawall guard`: explain, compare and publish."""

from pathlib import Path

import click

from seawall.cli.configuration import Settings, with_settings
from seawall.guard.difference import Side, differences
from seawall.guard.explain import explain_account, explain_query, explain_tag, explain_trace
from seawall.guard.index import Index
from seawall.guard.library import Guard
from seawall.guard.policy import Policy, shipped_text
from seawall.guard.serving import publish_version, served
from seawall.records.errors import Unavailable

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_POLICY = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("guard")
def guard() -> None:
    """Explain what the guard decides, compare and publish its index.

    An index is a run folder, its `guard` folder, or a folder that `seawall guard publish` serves from.
    """


@guard.command("explain")
@click.argument("index", type=_FOLDER)
@click.option("--account", help="one of the platform's account ids")
@click.option("--tag", help="a hashtag")
@click.option("--query", help="what a person types into search")
@click.option("--decision", help="a decision id that an answer carried")
@click.option("--policy", type=_POLICY, help="the policy in use, where it is not the shipped one")
@with_settings
def explain(
    index: Path,
    account: str | None,
    tag: str | None,
    query: str | None,
    decision: str | None,
    policy: Path | None,
    settings: Settings,
) -> None:
    """Say what is known of an account, a hashtag or a query, and which line of the policy decides for whom."""
    if sum(given is not None for given in (account, tag, query, decision)) != 1:
        raise click.UsageError("give one of --account, --tag, --query and --decision.")
    with Guard.open(_index(index), settings.key(), Policy.load(policy)) as opened:
        view = opened.keeper.view
        if view.blind and decision is None:
            wrong = "; ".join(opened.health().degraded)  # blind, it would say of everybody that nothing is known
            raise Unavailable(f"{index} has no index to explain from ({wrong}). Name another.")
        if decision is not None:
            lines = list(explain_trace(view.policy, opened.decided(decision)))
        elif account is not None:
            lines = list(explain_account(view, opened.account_id(account)).text())
        else:
            told = explain_tag(view, tag) if tag is not None else explain_query(view, query or "")
            lines = list(told.text())
    click.echo("\n".join(lines))


@guard.command("diff")
@click.argument("before", type=_FOLDER)
@click.argument("after", type=_FOLDER)
@click.option("--policy-before", type=_POLICY, help="the policy in use  [default: the shipped one]")
@click.option("--policy-after", type=_POLICY, help="the policy to come  [default: the shipped one]")
@with_settings
def diff(before: Path, after: Path, policy_before: Path | None, policy_after: Path | None, settings: Settings) -> None:
    """Say what a new index or policy would change: give the same index twice to compare two policies."""
    key = settings.key()
    one, other = (Index.open(_index(folder), key) for folder in (before, after))
    sides = Side(one, Policy.load(policy_before)), Side(other, Policy.load(policy_after))
    lines = list(differences(*sides))
    click.echo("\n".join(lines if len(lines) > 1 else [*lines, "nothing changes"]))


@guard.command("publish")
@click.argument("index", type=_FOLDER)
@click.argument("serving", type=click.Path(path_type=Path, file_okay=False))
@with_settings
def publish(index: Path, serving: Path, settings: Settings) -> None:
    """Copy an index into a serving folder and name it current; guards that serve from there follow within a second.

    It is read whole first; a damaged one is refused and the one that is served stays.
    """
    click.echo(publish_version(_index(index), serving, settings.key()))


@guard.command("policy")
def policy() -> None:
    """Print the shipped policy, to copy and change."""
    click.echo(shipped_text(), nl=False)


def _index(folder: Path) -> Path:
    return folder / "guard" if (folder / "guard").is_dir() else served(folder)
