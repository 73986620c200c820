"""A run's conclusions with every id spelt, for its tables and its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.flow.conclude import Conclusions
from seawall.flow.gather import Material
from seawall.flow.order import Order
from seawall.intake.admission import Admission
from seawall.lake.run_tables import Names, read_history, read_members, read_sample
from seawall.network.graph import THING_COLUMN
from seawall.network.history import continued
from seawall.network.identity import Named, name_networks
from seawall.network.population import Groups, Population, Sampled, population
from seawall.network.things import ThingFindings
from seawall.records.ids import Keys
from seawall.records.roles import ROLES
from seawall.terms.proposed import Proposed, term_rows

KIND_OF = {"tag": "hashtag", "link": "link", "media": "media", "avatar": "media"}
"""What a verdict or a finding calls each thing that accounts share."""


@dataclass(frozen=True, slots=True)
class Things:
    """Findings on one kind of thing: texts in clear, keyed ids, what ids are spelt as, what was found; (k,) each."""

    texts: pa.Array
    ids: Keys
    spelt: pa.Array
    found: ThingFindings

    @property
    def closed(self) -> Keys:
        """The ids of those that the guard refuses."""
        return self.ids[self.found.flagged]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`accounts` spells every account of the graph, `pictures` the moving media; `roles` the likeliest of each finding.

    `networks` are (id, id in the run before), in the order of their numbers in `conclusions`; `history` is what became
    of them, `terms` the table of proposed terms.
    """

    order: Order
    admission: Admission
    material: Material
    conclusions: Conclusions
    accounts: pa.Array
    roles: npt.NDArray[np.str_]
    networks: Sequence[Named]
    history: pa.Table
    things: Mapping[str, Things]
    pictures: pa.Array
    population: Population
    terms: pa.Table

    def members(self, number: int) -> npt.NDArray[np.int64]:
        """The accounts of a network."""
        members: npt.NDArray[np.int64] = self.conclusions.accused[self.conclusions.network == number]
        return members

    def labels(self, places: npt.NDArray[np.int64]) -> pa.Array:
        """The spelt ids of these accounts."""
        return self.accounts.take(pa.array(places))


def spell(
    order: Order,
    admission: Admission,
    material: Material,
    conclusions: Conclusions,
    proposed: Proposed,
    names: Names,
) -> Outcome:
    """Spell the ids of a run's conclusions and name its networks."""
    accounts = names.spell("account", material.graph.accounts)
    accused, number = conclusions.accused, conclusions.network
    sampled = Sampled.of(read_sample(order.previous), material.graph, material.tables["verdicts"], accounts)
    grouped = Groups(accused, number)
    groups = [accounts.take(pa.array(accused[number == n])).to_pylist() for n in range(int(number.max(initial=-1)) + 1)]
    earlier = read_members(order.previous)
    named = name_networks(groups, earlier)
    return Outcome(
        order,
        admission,
        material,
        conclusions,
        accounts,
        np.array(ROLES, np.str_)[conclusions.findings.likeliest()],
        named,
        continued(read_history(order.previous), groups, named, earlier),
        {thing: _things(order, material, thing, found) for thing, found in conclusions.things.items()},
        names.spell("media", conclusions.moving.media),
        population(material.graph, material.signals, conclusions.findings, grouped, sampled, order.seed),
        term_rows(proposed, order.key, plain=order.plain_ids),
    )


def _things(order: Order, material: Material, thing: str, found: ThingFindings) -> Things:
    texts = texts_of(material, thing, found.places)
    return Things(texts, order.key.column(KIND_OF[thing], texts), spell_texts(order, thing, texts), found)


def texts_of(material: Material, thing: str, places: npt.NDArray[np.int64]) -> pa.Array:
    """The texts of things by their place in the graph."""
    uses = material.tables[f"{thing}_uses"][THING_COLUMN[thing]]
    return uses.combine_chunks().dictionary_encode().dictionary.take(pa.array(places)).cast(pa.string())


def spell_texts(order: Order, thing: str, texts: pa.Array) -> pa.Array:
    """Texts as a run shows them: themselves in an invented world, else their keyed ids."""
    return texts if order.plain_ids else Names(None).spell(thing, order.key.column(KIND_OF[thing], texts))
