"""How roles, risks, days and reasons are shown."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seawall.records.roles import ROLES

register = template.Library()

_URGENT = ("child", "imminent")
MASK, DIGEST = 10, 24
SHORT = 12
"""A longer list is counted instead of told."""


@register.filter
def risk(value: float) -> str:
    """Two digits, and never a certainty."""
    return "> 0.99" if value > 0.99 else f"{value:.2f}"


@register.filter
def number(value: int) -> str:
    """A count with its thousands apart."""
    return f"{value:,}"


@register.filter
def day(value: datetime | None) -> str:
    """A day, UTC."""
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """A minute, UTC."""
    return f"{value:%Y-%m-%d %H:%M}" if value else ""


@register.filter
def reason(value: str) -> str:
    """Why a case stands where it does, in words."""
    return value.replace("_", " ")


@register.filter
def urgency(value: str) -> str:
    """How loudly a reason is shown."""
    return "alarm" if value.startswith(_URGENT) else "caution"


@register.filter
def as_query(chosen: Mapping[str, Any]) -> str:
    """A kept filter as an address says it."""
    return urlencode(chosen)


@register.filter
def share(part: float, whole: float) -> str:
    """A part of a whole in per cent."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


@register.filter
def percent(value: float) -> str:
    """A small share in per cent, with two digits."""
    return f"{100 * value:.2f} %"


@register.filter
def role_name(role: str, count: int = 1) -> str:
    """A role in words."""
    names = {
        "seller": ngettext("seller", "sellers", count),
        "promoter": ngettext("promoter", "promoters", count),
        "buyer": ngettext("buyer", "buyers", count),
        "reseller": ngettext("reseller", "resellers", count),
        "at_risk_child": ngettext("at-risk child", "at-risk children", count),
        "bystander": ngettext("bystander", "bystanders", count),
    }
    return names.get(role, role)


@register.simple_tag
def key(role: str) -> SafeString:
    """The shape of a role in its colour, as on the map."""
    if role not in ROLES:
        return SafeString("")
    box = 'viewBox="-1.4 -1.4 2.8 2.8" fill="currentColor" aria-hidden="true"'
    return format_html('<svg class="key {0}" {1}><use href="#{0}"/></svg>', role, SafeString(box))


@register.simple_tag
def role(value: str) -> SafeString:
    """A role's shape and name."""
    return format_html('<span class="role">{} {}</span>', key(value), role_name(value))


@register.simple_tag
def mix(roles: Mapping[str, int]) -> SafeString:
    """How many there are of each role."""
    told = ((key(name), f"{roles[name]:,}", role_name(name, roles[name])) for name in ROLES if roles.get(name))
    return format_html('<span class="mix">{}</span>', format_html_join("", "<span>{} {} {}</span>", told))


@register.simple_tag
def tally(roles: Mapping[str, int]) -> SafeString:
    """The same in one line: a shape and a number each, the names for those who listen."""
    told = ((key(name), f"{roles[name]:,}", role_name(name, roles[name])) for name in ROLES if roles.get(name))
    shown = format_html_join("", '<span>{} {}<span class="unseen"> {}</span></span>', told)
    return format_html('<span class="mix tally">{}</span>', shown)


@register.simple_tag
def bar(part: float, whole: float, label: str = "") -> SafeString:
    """A bar as long as a part is of a whole, without a style."""
    length = round(100 * min(part / whole, 1), 1) if whole else 0
    return format_html(
        '<span class="track"><svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar" width="{}" height="10"/></svg></span>',
        label or _("{share} of 100").format(share=length),
        length,
    )


@register.filter
def told(value: object) -> str:
    """A part of a proposal in words: counts rather than long lists."""
    if isinstance(value, Mapping):
        counts = Counter(one["action"] if isinstance(one, Mapping) else str(one) for one in value.values())
        return ", ".join(f"{count:,} × {what}" for what, count in counts.most_common())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) if len(value) <= SHORT else _("{n} in all").format(n=len(value))
    return str(value)


@register.filter
def masked(label: str) -> str:
    """An id that is long enough to tell accounts apart and too short to look one up elsewhere."""
    return label if len(label) <= MASK else f"{label[:MASK]}…"


@register.filter
def adds(value: float) -> str:
    """What a piece of evidence adds, in log-odds with its sign."""
    return f"{value:+.1f}"


@register.filter
def item(mapping: Mapping[str, Any], name: str) -> Any:
    """An entry by a name that the template holds."""
    return mapping.get(name)


@register.filter
def gravity(action: str) -> str:
    """How a decision is coloured."""
    return {"remove": "alarm", "restrict": "caution", "protect": "good", "clear": "good"}.get(action, "")


@register.filter
def digest(name: str) -> str:
    """The beginning of a digest, enough to tell files apart."""
    return name if len(name) <= DIGEST else f"{name[:DIGEST]}…"


@register.filter
def lasting(time: timedelta) -> str:
    """A time in its largest unit that fits."""
    hours = time.total_seconds() / 3600
    if hours >= 48:
        return _("{n} days").format(n=f"{hours / 24:.1f}")
    return _("{n} hours").format(n=f"{hours:.1f}") if hours >= 2 else _("{n} minutes").format(n=f"{hours * 60:.0f}")
