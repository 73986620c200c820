"""The tables of a run folder: what we concluded, as Arrow schemas.

`subject_id` and every other id is 16 hex digits of the keyed id, or the platform's own id in a run made with
`--plain-ids`. `evidence` is JSON; excerpts and terms inside it are sealed (AES-GCM) unless ids are plain.
"""

import pyarrow as pa

from seawall.records.activity import TIME
from seawall.records.roles import ROLES

SCHEMA_VERSION = 1
"""Written into every run, index and lexicon; another number is refused with what to do."""

SUBJECT_KINDS = ("account", "hashtag", "link", "media")

_SUBJECT = [pa.field("subject_kind", pa.string(), False), pa.field("subject_id", pa.string(), False)]

SIGNALS = pa.schema(
    [
        *_SUBJECT,
        pa.field("detector", pa.string(), False),
        pa.field("what", pa.string(), False),
        pa.field("strength", pa.float32(), False),
        pa.field("count", pa.int32(), False),
        pa.field("first_at", TIME),
        pa.field("last_at", TIME),
        pa.field("evidence", pa.string(), False),
        pa.field("version", pa.string(), False),
    ]
)
FINDINGS = pa.schema(
    [
        *_SUBJECT,
        pa.field("risk", pa.float64(), False),
        *[pa.field(role, pa.float64(), False) for role in ROLES],
        pa.field("flagged", pa.bool_(), False),
        pa.field("evidence", pa.string(), False),
    ]
)
NETWORKS = pa.schema(
    [
        pa.field("network_id", pa.string(), False),
        pa.field("members", pa.int32(), False),
        pa.field("risk", pa.float64(), False),
        pa.field("first_at", TIME),
        pa.field("last_at", TIME),
        pa.field("previous_id", pa.string()),
        pa.field("evidence", pa.string(), False),
    ]
)
HISTORY = pa.schema(
    [
        pa.field("run", pa.int64(), False),  # counted from the first that was given to the next with --previous
        pa.field("network_id", pa.string(), False),
        pa.field("event", pa.string(), False),  # founded, kept, split, merged or ended
        pa.field("earlier", pa.list_(pa.string()), False),  # the networks that it split from or took in
        pa.field("stayed", pa.int64(), False),  # accounts that came from these, or from the run before
        pa.field("joined", pa.int64(), False),
        pa.field("left", pa.int64(), False),
    ]
)
MEMBERS = pa.schema(
    [
        pa.field("network_id", pa.string(), False),
        pa.field("account_id", pa.string(), False),
        pa.field("role", pa.string(), False),
        pa.field("risk", pa.float64(), False),
    ]
)
TERMS = pa.schema(
    [
        pa.field("term_id", pa.string(), False),
        pa.field("term", pa.string(), False),  # sealed unless ids are plain
        pa.field("kind", pa.string(), False),  # hashtag, word or emoji
        pa.field("score", pa.float64(), False),
        pa.field("accounts", pa.int32(), False),
        pa.field("flagged_accounts", pa.int32(), False),
        pa.field("innocent_accounts", pa.int32(), False),
        pa.field("first_at", TIME),  # of the flagged accounts' uses
        pa.field("last_at", TIME),
        pa.field("growth", pa.float64(), False),  # share of its flagged users who began in the last week
        pa.field("near", pa.string()),  # the known term that it disguises; sealed unless ids are plain
        pa.field("contexts", pa.list_(pa.string()), False),  # masked; sealed unless ids are plain
        pa.field("status", pa.string(), False),  # always "proposed": people approve
    ]
)
SPREAD = pa.schema(
    [
        pa.field("cluster_id", pa.string(), False),
        pa.field("accounts", pa.int64(), False),  # that share it
        pa.field("risky", pa.float64(), False),  # how many of them are, in expectation
        pa.field("risk", pa.float64(), False),  # share of risky accounts that is almost certainly exceeded
        pa.field("networks", pa.int64(), False),
        pa.field("network_id", pa.string()),  # the one with most of its accounts
        pa.field("first_at", TIME, False),
        pa.field("last_at", TIME, False),
        pa.field("per_day", pa.float64(), False),
        pa.field("listed", pa.bool_(), False),  # on a hash list: known already
        pa.field("flagged", pa.bool_(), False),
    ]
)
SPREAD_MEDIA = pa.schema(
    [
        pa.field("cluster_id", pa.string(), False),
        pa.field("media_id", pa.string(), False),
        pa.field("account_id", pa.string(), False),
    ]
)
"""The pictures of the clusters that are flagged and on no list."""
RETURNS = pa.schema(
    [
        pa.field("account_id", pa.string(), False),  # a flagged account
        pa.field("returned_from", pa.string(), False),  # the account that is gone
        pa.field("probability", pa.float64(), False),
        pa.field("evidence", pa.string(), False),
    ]
)
SAMPLE = pa.schema(
    [
        pa.field("account_id", pa.string(), False),  # to be judged by people
        pa.field("stratum", pa.int64(), False),
        pa.field("accounts", pa.int64(), False),  # of the whole stratum
        *[pa.field(role, pa.float64(), False) for role in ROLES],  # its mean probabilities
    ]
)
QUARANTINE = pa.schema(
    [
        pa.field("file", pa.string(), False),
        pa.field("line", pa.int64(), False),
        pa.field("reason", pa.string(), False),
    ]
)
TRUTH = pa.schema(
    [
        *_SUBJECT,
        pa.field("role", pa.string(), False),
        pa.field("network_id", pa.string()),
        pa.field("community", pa.string()),
        pa.field("returned_from", pa.string()),
    ]
)
"""The truth of an invented world, kept beside the activity folder and never inside it."""
