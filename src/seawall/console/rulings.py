"""What a person chose on the case page, account by account.

The form gives one action for each role, for the whole network at once, and exceptions for single accounts. What was
previewed carries a digest; a decision whose digest differs from its preview is refused, for then the case has changed.
"""

from collections.abc import Mapping
from dataclasses import asdict

from django.http import QueryDict
from django.utils.translation import gettext as _

from seawall.cases.commands.enacting import Ruling
from seawall.cases.commands.proposals import digest_of
from seawall.cases.models import Case
from seawall.cases.models.case import Action
from seawall.records.errors import BadInput
from seawall.records.roles import Role

LEAVE = ""
"""An account that is left undecided."""
SUGGESTED = {
    Role.SELLER: Action.REMOVE,
    Role.PROMOTER: Action.REMOVE,
    Role.RESELLER: Action.REMOVE,
    Role.BUYER: Action.RESTRICT,
    Role.AT_RISK_CHILD: Action.PROTECT,
    Role.BYSTANDER: Action.CLEAR,
}
"""What the form begins with; nothing happens before a person has looked at the preview."""
NAMED = "account:"
"""How an exception's field begins; the account follows, and its value is `action role`."""


def suggestion(role: str) -> str:
    """The action that the form begins with for a role."""
    return SUGGESTED.get(Role(role), Action.WATCH)


def from_form(case: Case, form: QueryDict) -> dict[str, Ruling]:
    """A ruling for every account that the form decides on: those that are undecided, and every exception."""
    exceptions = {name.removeprefix(NAMED): str(value) for name, value in form.items() if name.startswith(NAMED)}
    open_members = case.members.filter(present=True, action="", action_pending=False)
    by_role = {role: form.get(f"role:{role}", LEAVE) for role in Role}
    support = "support" in form
    rulings = {
        account: _ruling(action, role, support=support)
        for account, role in open_members.values_list("account_id", "role")
        if account not in exceptions and (action := by_role[Role(role)]) != LEAVE
    }
    for account, said in exceptions.items():
        action, _space, role = said.partition(" ")
        if action != LEAVE:
            rulings[account] = _ruling(action, role, support=support)
    return rulings


def digest(rulings: Mapping[str, Ruling]) -> str:
    """Equal for equal rulings, 64 hex digits."""
    return digest_of({account: asdict(ruling) for account, ruling in rulings.items()})


def as_previewed(case: Case, form: QueryDict) -> dict[str, Ruling]:
    """The rulings of a form, if they are those that were previewed; raises BadInput."""
    rulings = from_form(case, form)
    if digest(rulings) != form.get("previewed"):
        raise BadInput(_("This is not what the preview showed: the case or your choice has changed. Preview it again."))
    return rulings


def _ruling(action: str, role: str, *, support: bool) -> Ruling:
    return Ruling(action, role, support_message=support and action == Action.PROTECT)
