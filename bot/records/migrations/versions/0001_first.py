"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _filing() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("filed_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("item_id", sa.String),
        sa.Column("etag", sa.String),
        sa.Column("unsure", sa.Boolean, nullable=False, server_default=sa.false()),
    ]


def upgrade() -> None:
    """Make every table."""
    _wards()
    _check_ins()
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("ward_id", sa.String),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT),
        sa.Column("parked", sa.Boolean, nullable=False),
        sa.Column("code", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("kind", "key", name="uq_outbox_kind_key"),
    )
    op.create_index("ix_outbox_parked_due", "outbox", ["parked", "due"])
    op.create_table(
        "beats",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_beats"),
    )
    op.create_table(
        "outages",
        sa.Column("started", MOMENT),
        sa.Column("ended", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("started", name="pk_outages"),
    )


def _wards() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
    )
    op.create_table(
        "wards",
        sa.Column("id", sa.String),
        sa.Column("channel_id", sa.String, nullable=False),
        sa.Column("team_id", sa.String, nullable=False),
        sa.Column("quiet", sa.String),
        sa.Column("details", sa.Text, nullable=False),
        *_filing(),
        sa.PrimaryKeyConstraint("id", name="pk_wards"),
        sa.UniqueConstraint("channel_id", name="uq_wards_channel_id"),
    )
    op.create_index("ix_wards_team_id", "wards", ["team_id"])
    op.create_table(
        "ward_leads",
        sa.Column("ward_id", sa.String),
        sa.Column("person_id", sa.String),
        sa.PrimaryKeyConstraint("ward_id", "person_id", name="pk_ward_leads"),
        sa.ForeignKeyConstraint(["ward_id"], ["wards.id"], name="fk_ward_leads_ward_id", ondelete="CASCADE"),
    )
    op.create_index("ix_ward_leads_person_id", "ward_leads", ["person_id"])


def _check_ins() -> None:
    op.create_table(
        "check_ins",
        sa.Column("id", sa.String),
        sa.Column("ward_id", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("remind_at", MOMENT),
        sa.Column("message_id", sa.String),
        sa.Column("figures", sa.JSON),
        sa.Column("missed", sa.String),
        sa.Column("down_from", MOMENT),
        sa.Column("down_until", MOMENT),
        sa.Column("secret", sa.LargeBinary),
        *_filing(),
        sa.PrimaryKeyConstraint("id", name="pk_check_ins"),
        sa.UniqueConstraint("ward_id", "period", name="uq_check_ins_ward_id_period"),
        sa.ForeignKeyConstraint(["ward_id"], ["wards.id"], name="fk_check_ins_ward_id"),
    )
    op.create_index("ix_check_ins_opened_at", "check_ins", ["opened_at"])
    op.create_index("ix_check_ins_ward_id_opened_at", "check_ins", ["ward_id", "opened_at"])
    op.create_index("ix_check_ins_state_closes_at", "check_ins", ["state", "closes_at"])
    op.create_table(
        "replies",
        sa.Column("id", sa.String),
        sa.Column("check_in_id", sa.String, nullable=False),
        sa.Column("mark", sa.String),
        sa.Column("feeling", sa.String, nullable=False),
        sa.Column("went_well", sa.Text, nullable=False),
        sa.Column("in_the_way", sa.Text, nullable=False),
        sa.Column("try_next", sa.Text, nullable=False),
        sa.Column("person_id", sa.String),
        sa.Column("person_name", sa.String),
        *_filing(),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        sa.UniqueConstraint("mark", "check_in_id", name="uq_replies_mark_check_in_id"),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_ins.id"], name="fk_replies_check_in_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_replies_check_in_id", "replies", ["check_in_id"])
    op.create_table(
        "deliveries",
        sa.Column("digest", sa.String),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_deliveries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deliveries_day", "deliveries", ["day"])


def downgrade() -> None:
    """Drop every table, children first."""
    for table in ("outages", "beats", "outbox", "deliveries", "replies", "check_ins", "ward_leads", "wards", "teams"):
        op.drop_table(table)
