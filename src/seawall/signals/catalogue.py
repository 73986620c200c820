"""Every detector that runs: this list is the whole truth of it."""

from seawall.hashes.bank import KnownMedia
from seawall.signals.base import Detector
from seawall.signals.complaints import Complaints
from seawall.signals.known_media import KnownMediaSeen
from seawall.signals.offers import Offers
from seawall.signals.profile_reuse import ProfileReuse
from seawall.signals.searches import Searches
from seawall.signals.terms import Terms
from seawall.terms.scanner import Scanner


def detectors(scanner: Scanner, known: KnownMedia) -> tuple[Detector, ...]:
    """The detectors of a run, in the order in which their signals are written."""
    return (
        Terms(scanner),
        Offers(),
        KnownMediaSeen(known),
        Complaints(),
        Searches(scanner),
        ProfileReuse(),
    )


def term_detectors(scanner: Scanner) -> tuple[Detector, ...]:
    """Those of them that a lexicon speaks through."""
    return (Terms(scanner), Searches(scanner))
