"""What a guard holds, as its kernels look into it: by one address.

Each function gives the arrays of one question, in the order in which `standing.py` and `things.py` take them.
"""

# Kernels are typed by numba when they compile; mypy and ruff read them as plain Python.
# mypy: disable-error-code="operator,arg-type,assignment,type-var"

import numba as nb
import numpy as np

from seawall.guard.late import Late
from seawall.guard.packed import Packed, bytes_at, rows_at, words_at
from seawall.guard.policy import Policy
from seawall.guard.secrets import Secrets
from seawall.guard.table import Table

_ACCOUNTS, _THINGS, _PAIRS, _PAIR_WORDS, _TAG_KEY, _ANSWERS, _SHAPE = 0, 5, 10, 11, 12, 13, 14


def holdings(accounts: Table, things: Table, pairs: Table, late: Late, secrets: Secrets, policy: Policy) -> Packed:
    """The block of an index's tables, of what was decided since, of the keys to both and of the policy."""
    return Packed.of(
        *(accounts.keys, accounts.rows, late.accounts.keys, late.accounts.rows, secrets.words["account"]),
        *(things.keys, things.rows, late.things.keys, late.things.rows, secrets.words["hashtag"]),
        *(pairs.keys, secrets.words["pair"]),
        np.array(secrets.hashtag, np.uint64),
        policy.table,
        np.array(
            policy.table.shape, np.uint64
        ),  # told, not compiled in: a kept kernel may be older than the policy's words
    )


@nb.njit(inline="always")
def accounts_at(held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Keys and rows of the run's accounts and of later decisions, and the key words of both."""
    keys, rows = words_at(held, _ACCOUNTS), rows_at(held, _ACCOUNTS + 1)
    late_keys, late_rows = words_at(held, _ACCOUNTS + 2), rows_at(held, _ACCOUNTS + 3)
    return keys, rows, late_keys, late_rows, words_at(held, _ACCOUNTS + 4)


@nb.njit(inline="always")
def things_at(held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The same of tags, links and files; their rows are all sealed under the key words of tags."""
    keys, rows = words_at(held, _THINGS), rows_at(held, _THINGS + 1)
    late_keys, late_rows = words_at(held, _THINGS + 2), rows_at(held, _THINGS + 3)
    return keys, rows, late_keys, late_rows, words_at(held, _THINGS + 4)


@nb.njit(inline="always")
def pairs_at(held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The keys of connections, and their key words."""
    return words_at(held, _PAIRS), words_at(held, _PAIR_WORDS)


@nb.njit(inline="always")
def tag_key_at(held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The two words that key a hashtag's text."""
    key = words_at(held, _TAG_KEY)
    return key[0], key[1]


@nb.njit(inline="always")
def answers_at(held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The policy, [surfaces, subjects, viewers] of decision codes."""
    shape = words_at(held, _SHAPE)
    return bytes_at(held, _ANSWERS).reshape((np.int64(shape[0]), np.int64(shape[1]), np.int64(shape[2])))
