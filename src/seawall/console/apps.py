"""How Django finds this room."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console as a Django application."""

    name = "seawall.console"
    label = "console"
