"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "button",
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_button")),
    )
    op.create_index("ix_button_expires_at", "button", ["expires_at"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("binding", sa.LargeBinary(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("open_state", sa.String(length=2000), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index("ix_conversation_binding", "conversation", ["binding"], unique=False)
    op.create_index("ix_conversation_person", "conversation", ["person"], unique=False)
    op.create_table(
        "dek",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("compartment", sa.String(length=80), nullable=False),
        sa.Column("month", sa.String(length=80), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "compartment", name=op.f("pk_dek")),
    )
    op.create_table(
        "inbox",
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("inbound", sa.String(length=80), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "inbound", name=op.f("pk_inbox")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "limiter",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("day_tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limiter")),
    )
    op.create_table(
        "manifest",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_manifest")),
    )
    op.create_index("ix_manifest_at", "manifest", ["at"], unique=False)
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("dedup", sa.String(length=80), nullable=False),
        sa.Column("sort", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.String(length=80), nullable=True),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("ref_version", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("wall", sa.String(length=80), nullable=True),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"], unique=False)
    op.create_index("ix_outbox_dedup", "outbox", ["dedup"], unique=True)
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'retry_wait')"),
        postgresql_where=sa.text("state IN ('queued', 'retry_wait')"),
    )
    op.create_index(
        "ix_outbox_lease",
        "outbox",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state IN ('claimed', 'sending')"),
        postgresql_where=sa.text("state IN ('claimed', 'sending')"),
    )
    op.create_table(
        "part",
        sa.Column("record", sa.String(length=80), nullable=False),
        sa.Column("compartment", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("placed", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record", "compartment", name=op.f("pk_part")),
    )
    op.create_index("ix_part_owner", "part", ["owner", "compartment", "name", "day", "placed", "record"], unique=False)
    op.create_table(
        "party",
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("tie", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("person", "tie", name=op.f("pk_party")),
    )
    op.create_index("ix_party_case_id", "party", ["case_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("tag", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tag", "kind", name=op.f("pk_review")),
    )
    op.create_table(
        "rule",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "n", name=op.f("pk_rule")),
    )
    op.create_table(
        "search",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("hash", "subject", name=op.f("pk_search")),
    )
    op.create_table(
        "secret",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.String(length=80), nullable=True),
        sa.Column("spoken", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_secret")),
    )
    op.create_index("ix_secret_subject", "secret", ["subject", "purpose"], unique=False)
    op.create_table(
        "session",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("sort", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("strength", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("trusted", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_session")),
    )
    op.create_index("ix_session_subject", "session", ["subject"], unique=False)
    op.create_table(
        "subject",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("sort", sa.String(length=80), nullable=False),
        sa.Column("side", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("head_n", sa.Integer(), nullable=False),
        sa.Column("head_mac", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("cull_month", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("culled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
    )
    op.create_index("ix_subject_unit", "subject", ["unit", "sort", "created_at"], unique=False)
    op.create_table(
        "tally",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tally")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.String(length=80), nullable=True),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_case_id", "task", ["case_id", "code"], unique=False)
    op.create_index("ix_task_unit", "task", ["unit", "done_at", "due_at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("chain", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_actor", "visit", ["actor", "at"], unique=False)
    op.create_index("ix_visit_subject", "visit", ["subject", "at"], unique=False)
