"""How Django finds this room."""

from django.apps import AppConfig


class EffectsConfig(AppConfig):
    """Effects as a Django application."""

    name = "seawall.effects"
    label = "effects"
