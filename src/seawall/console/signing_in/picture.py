"""The secret of a second factor as a picture for a camera."""

import io

import pyotp
import segno
from django.utils.safestring import SafeString, mark_safe

from seawall.cases.models import Person


def picture(person: Person, secret: str) -> SafeString:
    """The secret as a QR code: SVG without a style."""
    address = pyotp.TOTP(secret).provisioning_uri(name=person.name, issuer_name="Seawall")
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2)
    return mark_safe(drawn.getvalue().decode())  # noqa: S308  drawn by segno: squares and numbers
