"""How Django finds this room."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Disclosures as a Django application."""

    name = "seawall.disclosures"
    label = "disclosures"
    default_auto_field = "django.db.models.BigAutoField"
