"""Everything that breaks a rule in a draft and its files."""

import hashlib
from datetime import datetime

from seawall.disclosures.cybertip.drafting import Draft
from seawall.disclosures.cybertip.rules import Problem, check_file, check_report


def problems_of(draft: Draft, now: datetime) -> list[Problem]:
    """What breaks the rules in a report or in the details of its files."""
    problems = check_report(draft.report, now)
    for attachment in draft.attachments:
        stand_in = hashlib.md5(attachment.key.encode(), usedforsecurity=False).hexdigest()
        found = check_file(attachment.details(1, stand_in), now)
        problems += [Problem(f"{attachment.key}: {problem.field}", problem.says) for problem in found]
    return problems
