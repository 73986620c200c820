"""Where each test account begins, and what it cares for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from seawall.records.roles import ROLES, Role
from seawall.trials.draws import Bools, Floats, Ints, Rng
from seawall.trials.labels import Labels
from seawall.trials.personas import PERSONAS, SPREAD, Persona
from seawall.trials.platform import Platform
from seawall.trials.recommenders.neighbours import SUPPORT

FOLLOWS, LIKES, OPENS = range(3)
SELLER = ROLES.index(Role.SELLER)


@dataclass(frozen=True, slots=True)
class Start:
    """One row a test account: persona after persona, run after run.

    `follows` are the pairs (test account, account) that it begins with, `near` marks what it cares for, `rates` are
    (w, 3 acts, 3 classes), `model` is the account whose tags it asks for, -1 for any.
    """

    persona: Ints
    run: Ints
    who: Ints
    follows: Ints
    near: npt.NDArray[np.bool_]
    rates: Floats
    model: Ints

    @property
    def size(self) -> int:
        """How many test accounts."""
        return len(self.persona)


def make_start(
    platform: Platform, labels: Labels, runs: int, seed: int, personas: tuple[Persona, ...] = PERSONAS
) -> Start:
    """The same for every recommender and every guard, so that they are compared on the same test accounts."""
    rng = np.random.default_rng((seed, 1))
    persona = np.repeat(np.arange(len(personas)), runs)
    run = np.tile(np.arange(runs), len(personas))
    model = np.concatenate([_models(rng, platform, labels, one, runs) for one in personas])
    pairs = [_copied(rng, platform, persona, model, personas), _borderline(rng, platform, labels, persona, personas)]
    rates = _rates(rng, persona, personas)
    who, follows = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return Start(persona, run, who, follows, _near(platform, labels, model), rates, model)


def _models(rng: Rng, platform: Platform, labels: Labels, persona: Persona, runs: int) -> Ints:
    """The account that each run resembles, -1 for none."""
    if not persona.begins:
        return np.full(runs, -1)
    follows = platform.active & (np.diff(platform.follows.indptr) > 0)
    if persona.begins == "lookalike" and labels.communities:
        each = [_members(platform, labels, name) & follows for name in labels.communities]
        pools = [np.flatnonzero(pool) for pool in each]
        pools = [pool for pool in pools if len(pool)] or [np.flatnonzero(follows)]
        return np.array([rng.choice(pools[run % len(pools)]) for run in range(runs)])
    pool = np.flatnonzero(_members(platform, labels, persona.begins) & follows)
    return rng.choice(pool if len(pool) else np.flatnonzero(follows & ~labels.risky), runs)


def _members(platform: Platform, labels: Labels, name: str) -> Bools:
    if name in ROLES:
        return np.asarray(labels.role == ROLES.index(Role(name)))
    if name == "young":
        return platform.young & ~labels.risky
    wanted = "" if name in {"ordinary", "lookalike"} else name
    return np.asarray((labels.community == wanted) & ~labels.risky)


def _copied(
    rng: Rng, platform: Platform, persona: Ints, model: Ints, personas: tuple[Persona, ...]
) -> tuple[Ints, Ints]:
    """Some of what the model follows."""
    wanted = rng.poisson(np.array([one.copies for one in personas])[persona])
    keys = rng.random((len(persona), 64))
    follows = platform.follows
    who, whom = [], []
    for row, (account, count) in enumerate(zip(model, wanted, strict=True)):
        if account < 0:
            continue
        known = follows.indices[follows.indptr[account] : follows.indptr[account + 1]][:64]
        taken = known[np.argsort(keys[row, : len(known)])[:count]]
        who.append(np.full(len(taken), row))
        whom.append(taken)
    return _joined(who), _joined(whom)


def _borderline(
    rng: Rng, platform: Platform, labels: Labels, persona: Ints, personas: tuple[Persona, ...]
) -> tuple[Ints, Ints]:
    """Sellers whom enough people follow that a recommender knows them, each as likely."""
    count = np.array([one.borderline for one in personas])[persona]
    who = np.repeat(np.arange(len(persona)), count)
    known = platform.active & (np.asarray(platform.follows.sum(axis=0)).ravel() >= SUPPORT)
    pool = np.flatnonzero(known & (labels.role == SELLER))
    return (who, rng.choice(pool, len(who))) if len(pool) else (np.empty(0, np.int64), np.empty(0, np.int64))


def _rates(rng: Rng, persona: Ints, personas: tuple[Persona, ...]) -> Floats:
    """Each run's own rates, beta around its persona's, (w, 3, 3)."""
    mean = np.array([(one.follows, one.likes, one.opens) for one in personas])[persona]
    drawn: Floats = rng.beta(np.maximum(mean * SPREAD, 1e-6), (1 - mean) * SPREAD)
    return np.where(mean > 0, drawn, 0.0)


def _near(platform: Platform, labels: Labels, model: Ints) -> npt.NDArray[np.bool_]:
    """What the model follows and what these follow, and its own community; (w, accounts)."""
    there = np.flatnonzero(model >= 0)
    one = csr_matrix((np.ones(len(there), np.float32), (there, model[there])), shape=(len(model), platform.size))
    first = one @ platform.follows
    reached = (first + first @ platform.follows).tocoo()
    near = np.zeros(reached.shape, bool)
    near[reached.row, reached.col] = True
    community = labels.community[np.maximum(model, 0)]
    for name in labels.communities:
        rows = np.flatnonzero((model >= 0) & (community == name))
        near[np.ix_(rows, np.flatnonzero(labels.community == name))] = True
    return near


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)
