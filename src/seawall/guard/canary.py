"""The canary: an index that finds nothing is noticed.

A platform's hash scan once found nothing for months, and nobody saw it. An index holds an account, a tag and a term
that no person ever has; a guard that does not find them is not ready.
"""

from dataclasses import replace

import numpy as np

from seawall.guard.contents import Contents
from seawall.guard.policy import Subject
from seawall.guard.secrets import Secrets
from seawall.terms.lexicon import Term

TERM = "seawallcanaryzqx"
"""A made-up word."""


def with_canary(contents: Contents, secrets: Secrets) -> Contents:
    """The contents, with the canary behind them."""
    account, tag = (np.array([secrets.canary[kind]], np.uint64) for kind in ("account", "hashtag"))
    return replace(
        contents,
        accounts=np.concatenate([contents.accounts, account]),
        subjects=np.append(contents.subjects, np.uint8(Subject.SELLS)).astype(np.uint8),
        ages=np.append(contents.ages, np.uint8(0)).astype(np.uint8),
        hoods=np.append(contents.hoods, np.uint32(0)).astype(np.uint32),
        tags=np.concatenate([contents.tags, tag]),
        lexicon=replace(contents.lexicon, terms=(*contents.lexicon.terms, Term(TERM, severity=3))),
    )
