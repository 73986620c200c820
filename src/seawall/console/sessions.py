"""Sessions in the database, each with its person."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser that someone uses; `person` is empty until both factors are given."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    begun_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        """The store that reads and writes these rows."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's store, on rows that know their person."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The rows of this store."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A row for this session."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        if "begun_at" in data:
            row.person_id = int(data["_auth_user_id"])
            row.begun_at = datetime.fromisoformat(data["begun_at"])
        return row
