"""The folder of people's data, opened for a command."""

import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
import django

from seawall.records.errors import Unavailable

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT = "seawall-home"
HOME_VARIABLE = "SEAWALL_HOME"
APPEALS = "appeals.jsonl"
"""The file in the home into which the guard's door writes appeals, and from which cases take them."""


def has_home(home: Path) -> bool:
    """Whether there is a database of people's data."""
    return "SEAWALL_DATABASE" in os.environ or (home / "seawall.db").exists()


def open_home(home: Path) -> None:
    """Set Django up for a folder; raises Unavailable where its database is not there or not up to date."""
    if not has_home(home):
        raise Unavailable(f"{home} holds no database. `seawall console` makes one there; --home names another folder.")
    os.environ[HOME_VARIABLE] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.console.settings")
    django.setup()
    connection = import_module("django.db").connection
    executor = import_module("django.db.migrations.executor").MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unavailable(f"There is no database of this version in {home}. `seawall console` makes or updates it.")


def appeals_file() -> Path:
    """Where appeals are kept unless another file is named: the same for who writes and who reads them."""
    return Path(os.environ.get(HOME_VARIABLE, DEFAULT)) / APPEALS


def home_option(says: str = "The folder of everything that is kept.") -> Callable[[Command], Command]:
    """The option `--home`, as every command spells it."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        default=DEFAULT,
        envvar=HOME_VARIABLE,
        show_default=True,
        show_envvar=True,
        help=says,
    )


def with_home(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command `--home`, and open that folder before it runs."""

    @home_option()
    @wraps(command)
    def opened(*arguments: Any, home: Path, **options: Any) -> Result:
        config = click.get_current_context().params.get("config")
        if config is not None:
            os.environ["SEAWALL_CONFIG"] = str(config)
        open_home(home.absolute())
        return command(*arguments, **options)

    return opened
