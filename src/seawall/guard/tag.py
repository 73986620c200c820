"""Tag pages: closed, restricted or left."""

from seawall.guard.policy import Subject
from seawall.guard.search import tag_subject
from seawall.guard.verdict import Verdict, nothing, stricter, verdict
from seawall.guard.view import View


def page(view: View, tag: str, viewer: int) -> Verdict:
    """The verdict on a hashtag's page."""
    decided = nothing("tag", viewer)
    if view.blind:
        decided = verdict(view.policy, "tag", Subject.UNSEEN, viewer)
    found = view.text(tag.lstrip("#"), hashtag=True)
    if found is not None:
        subject = Subject.TERM_WEAK + found.severity - 1
        decided = stricter(decided, verdict(view.policy, "tag", subject, viewer, found.term))
    if tag_subject(view, tag):
        decided = stricter(decided, verdict(view.policy, "tag", Subject.TAG_CLOSED, viewer))
    return decided
