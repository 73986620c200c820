"""What the console keeps for itself."""

from django.conf import settings
from django.db import models

from seawall.console.sessions import Session

__all__ = ["Preference", "Session"]


class Preference(models.Model):
    """How one person likes the console."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference")
    shortcuts = models.BooleanField(default=True)
    press_to_show = models.BooleanField(default=False)
    """Text is shown by a press and hidden by the next, for hands that cannot hold."""

    def __str__(self) -> str:
        return f"preference of {self.person}"
