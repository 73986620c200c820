"""How Django finds this room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases as a Django application."""

    name = "seawall.cases"
    label = "cases"
