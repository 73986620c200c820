"""The database of people's data, for commands that need it."""

import os

import django

from seawall.records.errors import Unavailable


def use_database() -> None:
    """Set Django up; raises Unavailable where the database is not up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.console.settings")
    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unavailable("the database is not up to date; bring it there with `seawall console migrate`.")


def use_temporary_database(path: str) -> None:
    """Set Django up on a new SQLite database that the caller throws away."""
    os.environ["SEAWALL_DATABASE"] = f"sqlite:///{path}"
    os.environ.setdefault("SEAWALL_SECRET", "it signs nothing here, and nobody signs in to a rehearsal")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.console.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
