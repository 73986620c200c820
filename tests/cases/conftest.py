"""What tests of cases share: a database, people and cases."""

from databases import database, postgres, sqlite_template  # noqa: F401
