"""The guards that a trial asks: of a run, and of the truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from seawall.guard.answers import Age
from seawall.guard.contents import Contents
from seawall.guard.findings import contents_of, hoods_of
from seawall.guard.library import Guard
from seawall.guard.policy import Policy, Subject
from seawall.guard.publish import publish
from seawall.guard.standing import AGES
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES, Role
from seawall.trials.labels import Labels
from seawall.trials.platform import Platform

SUBJECT = {
    Role.SELLER: Subject.SELLS,
    Role.PROMOTER: Subject.SELLS,
    Role.RESELLER: Subject.SELLS,
    Role.BUYER: Subject.BUYS,
    Role.AT_RISK_CHILD: Subject.AT_RISK_CHILD,
    Role.BYSTANDER: Subject.OTHER,
}


def guard_of_run(run: Path, key: IdKey, policy: Policy | None = None) -> Guard:
    """The guard as the run published it; raises BadInput where the run has none."""
    if not (run / "guard").is_dir():
        raise BadInput(f"{run} holds no guard index. Give a run made without `--profile research`.")
    return Guard.open(run / "guard", key, policy)


def publish_truth(folder: Path, platform: Platform, labels: Labels, key: IdKey) -> None:
    """Publish, into a new folder, an index that knows every risky account and tag of the labels."""
    publish(folder, key, truth_contents(platform, labels, key))


def truth_contents(platform: Platform, labels: Labels, key: IdKey) -> Contents:
    """What a run would publish if it had missed nothing: risky accounts, their neighbourhoods, tags of the trade."""
    subjects = np.array([SUBJECT[role] for role in ROLES], np.uint8)[labels.role]
    ages = np.where(platform.young, AGES[Age.CHILD], AGES[Age.UNKNOWN]).astype(np.uint8)
    risky = np.flatnonzero(labels.risky)
    hoods = hoods_of(platform.follows, risky, labels.network[risky])
    words = pa.array([platform.tags[tag] for tag in np.flatnonzero(labels.risky_tag)], pa.string())
    contents = contents_of(platform.accounts, subjects, ages, hoods, platform.follows)
    return replace(contents, tags=key.column("hashtag", words))
