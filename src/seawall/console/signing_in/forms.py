"""What a person types at the door."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from seawall.cases.models import Person


class NameAndPassword(forms.Form):
    """The first factor."""

    name = forms.CharField(
        label=_("Name"), max_length=64, widget=forms.TextInput({"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class Code(forms.Form):
    """The second factor."""

    code = forms.RegexField(
        r"^\d{6}$",
        label=_("Six digits"),
        error_messages={"invalid": _("A code is six digits.")},
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code", "autofocus": True}
        ),
    )


class NewPassword(forms.Form):
    """A password of one's own, twice."""

    first = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("The same again"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is weak, not typed twice, or the one that ends here."""
        typed: dict[str, Any] = super().clean() or {}
        first, again = typed.get("first"), typed.get("again")
        if first and again and first != again:
            self.add_error("again", _("This is not the same as above."))
        if first:
            try:
                validate_password(first, self.person)
            except ValidationError as error:
                self.add_error("first", error)
            if self.person.check_password(first):
                self.add_error("first", _("This is the old password. Choose a new one."))
        return typed
