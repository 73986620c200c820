"""The evidence table: what is known of every account, by named column.

Each column belongs to a family of evidence. Families are independent ways of knowing (what an account writes, what it
offers, whom it follows, whom it contacts, what it searches, what it shares), and a finding needs two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from seawall.network.graph import CROWD, Floats, Graph
from seawall.network.surprise import Circles, Sharing, Side, shared_with, ties_to
from seawall.network.words import word_scores


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of evidence; `says` is its sentence in a report."""

    name: str
    family: str
    says: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """`values` float32, shape (accounts, columns)."""

    columns: tuple[Column, ...]
    values: Floats

    def column(self, name: str) -> Floats:
        """One column's values, shape (accounts,)."""
        place = next(i for i, column in enumerate(self.columns) if column.name == name)
        values: Floats = self.values[:, place]
        return values

    def places(self, *families: str) -> list[int]:
        """The places of the columns of these families."""
        return [i for i, column in enumerate(self.columns) if column.family in families]


SIGNAL_COLUMNS = (
    Column("terms.in_offer", "terms", "names listed terms beside an offer"),
    Column("terms.in_post", "terms", "names listed terms in posts"),
    Column("terms.in_list", "terms", "lists many listed terms in one text"),
    Column("terms.in_tag", "terms", "uses listed terms as hashtags"),
    Column("terms.in_offering_bio", "terms", "names listed terms in a bio that offers"),
    Column("terms.in_bio", "terms", "names listed terms in its bio"),
    Column("terms.in_name", "terms", "names listed terms in its handle or name"),
    Column("offers.menu_in_post", "offers", "posts menus"),
    Column("offers.price_in_post", "offers", "posts prices"),
    Column("offers.handle_in_post", "offers", "posts handles to pay to or to write to elsewhere"),
    Column("offers.age_in_post", "offers", "states ages beside an offer"),
    Column("offers.menu_in_bio", "offers", "has a menu in its bio"),
    Column("offers.price_in_bio", "offers", "has prices in its bio"),
    Column("offers.handle_in_bio", "offers", "has handles in its bio"),
    Column("offers.age_in_bio", "offers", "states an age in a bio that offers"),
    Column("media.known", "media", "holds files that a hash list names"),
    Column("complaints.received", "complaints", "is reported by users"),
    Column("searches.for_term", "searches", "searches for listed terms"),
    Column("terms.weight", "terms", "names terms that are more than weak"),
)
"""Signals that are evidence on an account, as log(1 + count), and what the gravest term of each weighs."""

MIDDLE = np.float32(0.6)
"""A sighting of a term of middle severity has this strength."""

REPORTED, ONE_REPORT = "complaints.received", 0.1
"""Complaints count as reports by people without a record, of whom one has this strength."""

_TIE_SAYS = {
    "follow": ("follows", "is followed by"),
    "message": ("writes to", "is written to by"),
    "comment": ("comments on", "is commented on by"),
    "like": ("likes", "is liked by"),
    "view": ("looks at", "is looked at by"),
    "mention": ("mentions", "is mentioned by"),
    "share": ("passes on posts of", "has its posts passed on by"),
    "copy": ("has files that were first on", "had files first that are on"),
}
_TIE_FAMILY = {
    "follow": "follows",
    "message": "contact",
    "comment": "contact",
    "like": "looks",
    "view": "looks",
    "mention": "mentions",
    "share": "mentions",
    "copy": "media",
}


def signal_evidence(graph: Graph, signals: pa.Table) -> Evidence:
    """The signals on accounts as columns, complaints by the record of those who complain."""
    values = np.zeros((graph.n, len(SIGNAL_COLUMNS)), np.float32)
    for place, column in enumerate(SIGNAL_COLUMNS):
        rows = signals.filter(pc.equal(signals["what"], column.name))
        accounts = graph.places(rows["subject_id"].to_numpy().astype(np.uint64, copy=False))
        reported = column.name == REPORTED
        values[accounts, place] = np.log1p(_reports(rows["strength"]) if reported else rows["count"].to_numpy())
    values[:, -1] = _weights(graph, signals)
    return Evidence(SIGNAL_COLUMNS, values)


def _weights(graph: Graph, signals: pa.Table) -> Floats:
    """What the gravest term that each account names weighs, shape (n,): 1 from middle severity on, 0 for no term."""
    rows = signals.filter(pc.starts_with(signals["what"], "terms.in_"))
    weights = np.zeros(graph.n, np.float32)
    accounts = graph.places(rows["subject_id"].to_numpy().astype(np.uint64, copy=False))
    np.maximum.at(weights, accounts, np.minimum(rows["strength"].to_numpy() / MIDDLE, 1))
    return weights


def _reports(strengths: pa.ChunkedArray) -> Floats:
    """How many reports by people without a record a strength is worth; it is a noisy-or of reports."""
    worth: Floats = np.log1p(-strengths.to_numpy()) / np.float32(np.log1p(-ONE_REPORT))
    return worth


def profile_evidence(graph: Graph, accounts: pa.Table, posts: Floats, searches: pa.Table) -> Evidence:
    """Context that is no evidence by itself: ages, sizes, how much of all searching is for terms.

    `posts`: a count an account, shape (n,); `searches`: rows of account_id and n.
    """
    searched = np.bincount(graph.places(searches["account_id"].to_numpy()), searches["n"].to_numpy(), graph.n)
    created = accounts["created_at"].cast(pa.int64()).to_numpy()
    age = (created.max(initial=0) - created) / 86_400e6
    band = accounts["age_band"].to_numpy(zero_copy_only=False)
    columns, values = [], []
    for kind in ("follow", "message", "comment", "like"):
        matrix = graph.ties[kind]
        columns += [_context(f"{kind}.out", f"{kind} ties out"), _context(f"{kind}.in", f"{kind} ties in")]
        values += [np.log1p(np.diff(matrix.indptr)), np.log1p(np.bincount(matrix.indices, minlength=graph.n))]
    columns += [
        _context("posts", "posts"),
        _context("searches", "searches"),
        _context("age_days", "age of the account"),
    ]
    values += [np.log1p(posts), np.log1p(searched), np.log1p(age)]
    columns += [_context("links", "links in its bio"), _context("minor", "is marked as a minor")]
    values += [np.asarray(pc.list_value_length(accounts["links"])), np.isin(band, ["child", "teen"])]
    return Evidence(tuple(columns), np.stack(values, axis=1).astype(np.float32))


def _context(name: str, says: str) -> Column:
    return Column(name, "context", says)


class Surroundings:
    """Evidence from ties to soft sets of accounts, with every transpose made once; `told` kinds of ties there are."""

    def __init__(self, graph: Graph, bags: csr_matrix) -> None:
        self.n = graph.n
        self.bags = bags
        self.sides: dict[tuple[str, str], Side] = {}
        for kind, matrix in graph.ties.items():
            transposed = matrix.T.tocsr()
            self.sides[kind, "out"] = Side.of(matrix, transposed)
            self.sides[kind, "in"] = Side.of(transposed, matrix)
        self.told = frozenset(kind for kind, matrix in graph.ties.items() if matrix.nnz)
        self.sharing = {thing: Sharing.of(uses, CROWD) for thing, uses in graph.shares.items()}

    def of(self, name: str, circles: Circles) -> Evidence:
        """Ties of every account to one soft set, shape (n,), by kind and direction: surprise, count, share."""
        columns: list[Column] = []
        values = np.zeros((self.n, 3 * len(self.sides)), np.float32)
        for (kind, way), side in self.sides.items():
            ties = ties_to(side, circles)
            says = f"{_TIE_SAYS[kind][way == 'in']} {name}"
            for part, found in (
                ("surprise", np.log1p(ties.surprise)),
                ("count", np.log1p(ties.count)),
                ("share", ties.share),
            ):
                values[ties.places, len(columns)] = found
                columns.append(Column(f"{name}.{kind}.{way}.{part}", _TIE_FAMILY[kind], says))
        return Evidence(tuple(columns), values)

    def shares(self, name: str, members: Floats) -> Evidence:
        """What every account shares with a soft set: links, avatars, media, tags and words."""
        columns: list[Column] = []
        values: list[Floats] = []
        for thing, family in (("link", "links"), ("avatar", "links"), ("media", "media"), ("tag", "words")):
            columns.append(Column(f"{name}.{thing}", family, f"shares a rare {thing} with {name}"))
            values.append(shared_with(self.sharing[thing], members))
        for part, scores in zip(("mean", "best"), word_scores(self.bags, members), strict=True):
            columns.append(Column(f"{name}.words.{part}", "words", f"uses words that {name} use"))
            values.append(scores)
        return Evidence(tuple(columns), np.stack(values, axis=1))


def join(parts: Sequence[Evidence]) -> Evidence:
    """Tables of the same accounts, side by side."""
    columns = tuple(column for part in parts for column in part.columns)
    return Evidence(columns, np.concatenate([part.values for part in parts], axis=1))
