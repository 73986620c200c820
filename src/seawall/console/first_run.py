"""A folder becomes a console: secret, database, administrator.

Nothing here is a default: the secret is drawn, the administrator's password is drawn and told once, and neither is
written anywhere else.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.management import call_command

from seawall.records.errors import BadConfiguration

SECRET_BYTES = 64


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """The first administrator's name and one-time password, to be told once."""

    name: str
    password: str


def prepare(home: Path, administrator: str) -> FirstPerson | None:
    """Make what is missing in a folder; returns the first administrator where there was nobody yet.

    Sets Django up on the way: import what needs its tables after this.
    """
    make_home(home)
    os.environ["SEAWALL_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.console.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from seawall.cases.commands.people import add_first_administrator  # only now: its tables are there
    from seawall.cases.models import Person

    if Person.objects.exists():
        return None
    person, password = add_first_administrator(administrator)
    return FirstPerson(person.name, password)


def make_home(home: Path) -> None:
    """The folder, for its owner alone, with a secret of its own where none is given."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if home.stat().st_mode & 0o077:
        raise BadConfiguration(f"{home} can be read by others. Run `chmod 700 {home}`, or choose another --home.")
    if not {"SEAWALL_SECRET", "SEAWALL_SECRET_FILE"} & set(os.environ):
        _draw_secret(home / "secret")


def _draw_secret(path: Path) -> None:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(opened, "w") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
