"""The tables, and for every column the class that says why it may stand in clear.

Times are whole milliseconds since 1970 in UTC. `SEALED` columns are envelopes; nothing else tells about a person.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

ID, UNIT, INSTANT, STATE, CODE, COUNT, HASH, MAC, SEALED, DAY, VERSION, WRAPPED, SUM = (
    "random id",
    "tenant or unit",
    "instant",
    "row state",
    "opaque code",
    "count",
    "keyed or plain hash of a secret",
    "mac",
    "sealed",
    "calendar day",
    "payload or row version",
    "wrapped key",
    "masked sum with its mac",
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)


def _col(name: str, of: Any, kind: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    return Column(name, of, primary_key=key, nullable=null, info={"class": kind})


_T = String(80)

meta = Table("meta", metadata, _col("name", _T, CODE, key=True), _col("value", String(200), ID))

subject = Table(
    "subject",
    metadata,
    _col("id", _T, ID, key=True),
    _col("sort", _T, CODE),
    _col("side", _T, CODE),
    _col("unit", _T, UNIT),
    _col("head_n", Integer, COUNT),
    _col("head_mac", LargeBinary, MAC),
    _col("epoch", Integer, COUNT),
    _col("cull_month", _T, INSTANT),
    _col("created_at", BigInteger, INSTANT),
    _col("culled_at", BigInteger, INSTANT, null=True),
)
Index("ix_subject_unit", subject.c.unit, subject.c.sort, subject.c.created_at)

rule = Table(
    "rule",
    metadata,
    _col("subject", _T, ID, key=True),
    _col("n", Integer, COUNT, key=True),
    _col("at", BigInteger, INSTANT),
    _col("sealed", LargeBinary, SEALED),
    _col("mac", LargeBinary, MAC),
)

dek = Table(
    "dek",
    metadata,
    _col("owner", _T, ID, key=True),
    _col("compartment", _T, CODE, key=True),
    _col("month", _T, INSTANT),
    _col("wrapped", LargeBinary, WRAPPED),
)

party = Table(
    "party",
    metadata,
    _col("person", _T, ID, key=True),
    _col("tie", _T, ID, key=True),
    _col("case_id", _T, ID),
)
Index("ix_party_case_id", party.c.case_id)

part = Table(
    "part",
    metadata,
    _col("record", _T, ID, key=True),
    _col("compartment", _T, CODE, key=True),
    _col("owner", _T, ID),
    _col("name", _T, CODE),
    _col("day", String(10), DAY, null=True),
    _col("v", Integer, VERSION),
    _col("version", Integer, VERSION),
    _col("placed", BigInteger, INSTANT),
    _col("sealed", LargeBinary, SEALED),
)
Index(
    "ix_part_owner",
    part.c.owner,
    part.c.compartment,
    part.c.name,
    part.c.day,
    part.c.placed,
    part.c.record,
)

# What lies on each subject's shelf, as one masked sum of its parts: an older version of a part does not fit in again.
manifest = Table(
    "manifest",
    metadata,
    _col("owner", _T, ID, key=True),
    _col("n", Integer, COUNT),
    _col("at", BigInteger, INSTANT),
    _col("held", LargeBinary, SUM),
)
Index("ix_manifest_at", manifest.c.at)

visit = Table(
    "visit",
    metadata,
    _col("chain", _T, ID, key=True),
    _col("seq", Integer, COUNT, key=True),
    _col("at", BigInteger, INSTANT),
    _col("actor", _T, ID),
    _col("subject", _T, ID),
    _col("sealed", LargeBinary, SEALED),
    _col("prev", LargeBinary, MAC),
    _col("mac", LargeBinary, MAC),
)
Index("ix_visit_subject", visit.c.subject, visit.c.at)
Index("ix_visit_actor", visit.c.actor, visit.c.at)

conversation = Table(
    "conversation",
    metadata,
    _col("id", _T, ID, key=True),
    _col("person", _T, ID, null=True),
    _col("channel", _T, CODE),
    _col("binding", LargeBinary, HASH, null=True),
    _col("turn", Integer, COUNT),
    _col("sealed", LargeBinary, SEALED, null=True),
    _col("open_state", String(2000), STATE, null=True),
    _col("updated_at", BigInteger, INSTANT),
    _col("ended_at", BigInteger, INSTANT, null=True),
    _col("mac", LargeBinary, MAC, null=True),
)
Index("ix_conversation_binding", conversation.c.binding)
Index("ix_conversation_person", conversation.c.person)

session = Table(
    "session",
    metadata,
    _col("token", LargeBinary, HASH, key=True),
    _col("sort", _T, CODE),
    _col("subject", _T, ID, null=True),
    _col("conversation", _T, ID, null=True),
    _col("strength", _T, CODE),
    _col("epoch", Integer, COUNT),
    _col("trusted", Integer, STATE),
    _col("created_at", BigInteger, INSTANT),
    _col("seen_at", BigInteger, INSTANT),
    _col("expires_at", BigInteger, INSTANT),
    _col("ended_at", BigInteger, INSTANT, null=True),
    _col("mac", LargeBinary, MAC),
)
Index("ix_session_subject", session.c.subject)

secret = Table(
    "secret",
    metadata,
    _col("token", LargeBinary, HASH, key=True),
    _col("purpose", _T, CODE),
    _col("subject", _T, ID),
    _col("case_id", _T, ID, null=True),
    _col("spoken", LargeBinary, HASH, null=True),
    _col("tries", Integer, COUNT),
    _col("created_at", BigInteger, INSTANT),
    _col("expires_at", BigInteger, INSTANT),
    _col("used_at", BigInteger, INSTANT, null=True),
    _col("mac", LargeBinary, MAC),
)
Index("ix_secret_subject", secret.c.subject, secret.c.purpose)

limiter = Table(
    "limiter",
    metadata,
    _col("key", LargeBinary, HASH, key=True),
    _col("tries", Integer, COUNT),
    _col("day_tries", Integer, COUNT),
    _col("since", BigInteger, INSTANT),
    _col("until", BigInteger, INSTANT),
)

inbox = Table(
    "inbox",
    metadata,
    _col("channel", _T, CODE, key=True),
    _col("inbound", _T, ID, key=True),
    _col("conversation", _T, ID, null=True),
    _col("turn", Integer, COUNT),
    _col("state", _T, STATE),
    _col("at", BigInteger, INSTANT),
)

outbox = Table(
    "outbox",
    metadata,
    _col("id", _T, ID, key=True),
    _col("dedup", _T, ID),
    _col("sort", _T, CODE),
    _col("what", _T, CODE),
    _col("person", _T, ID),
    _col("case_id", _T, ID, null=True),
    _col("ref", _T, ID, null=True),
    _col("ref_version", Integer, VERSION),
    _col("conversation", _T, ID, null=True),
    _col("turn", Integer, COUNT),
    _col("channel", _T, CODE),
    _col("due_at", BigInteger, INSTANT),
    _col("wall", String(80), INSTANT, null=True),
    _col("not_after", BigInteger, INSTANT),
    _col("state", _T, STATE),
    _col("attempt", Integer, COUNT),
    _col("lease_until", BigInteger, INSTANT),
    _col("worker", _T, ID, null=True),
    _col("fence", Integer, COUNT),
    _col("message_id", _T, ID, null=True),
    _col("reason", _T, CODE, null=True),
    _col("created_at", BigInteger, INSTANT),
    _col("done_at", BigInteger, INSTANT, null=True),
    _col("mac", LargeBinary, MAC),
)
Index("ix_outbox_dedup", outbox.c.dedup, unique=True)
Index(
    "ix_outbox_due",
    outbox.c.due_at,
    sqlite_where=outbox.c.state.in_(("queued", "retry_wait")),
    postgresql_where=outbox.c.state.in_(("queued", "retry_wait")),
)
Index(
    "ix_outbox_lease",
    outbox.c.lease_until,
    sqlite_where=outbox.c.state.in_(("claimed", "sending")),
    postgresql_where=outbox.c.state.in_(("claimed", "sending")),
)
Index("ix_outbox_case_id", outbox.c.case_id)

button = Table(
    "button",
    metadata,
    _col("nonce", LargeBinary, HASH, key=True),
    _col("conversation", _T, ID, null=True),
    _col("turn", Integer, COUNT),
    _col("ref", _T, ID, null=True),
    _col("value", _T, CODE),
    _col("expires_at", BigInteger, INSTANT),
    _col("mac", LargeBinary, MAC),
)
Index("ix_button_expires_at", button.c.expires_at)

task = Table(
    "task",
    metadata,
    _col("id", _T, ID, key=True),
    _col("unit", _T, UNIT),
    _col("case_id", _T, ID, null=True),
    _col("code", _T, CODE),
    _col("ref", _T, ID, null=True),
    _col("due_at", BigInteger, INSTANT),
    _col("created_at", BigInteger, INSTANT),
    _col("done_at", BigInteger, INSTANT, null=True),
)
Index("ix_task_unit", task.c.unit, task.c.done_at, task.c.due_at)
Index("ix_task_case_id", task.c.case_id, task.c.code)

search = Table(
    "search",
    metadata,
    _col("hash", LargeBinary, HASH, key=True),
    _col("subject", _T, ID, key=True),
)

lease = Table(
    "lease",
    metadata,
    _col("name", _T, CODE, key=True),
    _col("owner", _T, ID),
    _col("until", BigInteger, INSTANT),
    _col("fence", Integer, COUNT),
)

# What is counted without persons. A row with a day is today's and is folded into the one without a day in the night.
tally = Table(
    "tally",
    metadata,
    _col("key", LargeBinary, HASH, key=True),
    _col("day", String(10), DAY, null=True),
    _col("sealed", LargeBinary, SEALED),
)

review = Table(
    "review",
    metadata,
    _col("tag", _T, CODE, key=True),
    _col("kind", _T, CODE, key=True),
    _col("digest", LargeBinary, HASH),
    _col("at", BigInteger, INSTANT),
    _col("sealed", LargeBinary, SEALED),
)
