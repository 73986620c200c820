"""The batch run: from an activity folder to a run folder, in one order."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from seawall.flow.believe import believe
from seawall.flow.conclude import conclude, propose_terms
from seawall.flow.gather import gather
from seawall.flow.order import Order
from seawall.flow.outcome import spell
from seawall.flow.progress import Stages
from seawall.flow.write import write_run, write_summary
from seawall.hashes.bank import KnownMedia
from seawall.intake.door import admit
from seawall.intake.hash_lists import read_hash_list
from seawall.intake.lexicons import read_lexicon
from seawall.lake.engine import open_lake
from seawall.lake.run_folder import appears_whole
from seawall.lake.run_tables import Names, check_version
from seawall.signals.catalogue import detectors
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

STAGES = 11
"""How many stages a run has, for its progress bar."""


def run(order: Order, stages: Stages, now: datetime | None = None) -> Path:
    """Carry out a run; returns its folder, which appears whole or not at all."""
    lexicons = [read_lexicon(path) for path in order.lexicons]
    lexicon = Lexicon(
        tuple(term for one in lexicons for term in one.terms), tuple(word for one in lexicons for word in one.innocent)
    )
    known = KnownMedia.of(*[read_hash_list(path).entries for path in order.hash_lists])
    if order.previous:
        check_version(order.previous)  # before the work rather than after it
    with appears_whole(order.out) as folder, stages:
        work = folder / "work"
        with stages.stage("intake"):
            admission = admit(order.activity, work, order.key, plain_ids=order.plain_ids, now=now or datetime.now(UTC))
        with open_lake(work / "lake", order.engine, order.threads) as lake:
            material = gather(lake, detectors(Scanner.compile(lexicon), known), stages)
            belief = believe(lake, material, lexicon, order.seed, stages)
            conclusions = conclude(belief, order.seed, stages, lake.batches, known)
            proposed = propose_terms(lake.batches, material, conclusions.findings, lexicon, stages)
        with stages.stage("write"):
            names = Names(work / "lake" / "names" if order.plain_ids else None)
            outcome = spell(order, admission, belief.material, conclusions, proposed, names)
            summary = write_run(folder, work, outcome, lexicon, known.entries)
            shutil.rmtree(work)
        write_summary(folder, summary, stages)
    return order.out
