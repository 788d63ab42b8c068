"""What is known of each row in SharePoint moves to a table of its own; how far the lists have been read; the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
#: Each table whose rows are filed, and the list that they go to.
FILED = {"wards": "Wards", "check_ins": "CheckIns", "replies": "Replies"}
#: What each of them carried about its row in SharePoint.
CARRIED = ("filed_version", "item_id", "etag", "unsure")


def upgrade() -> None:
    """What was known of a row goes with it; as what was filed is not known any more, a row is compared anew when it is next seen."""
    _filed_rows()
    op.create_table(
        "readings",
        sa.Column("list", sa.String),
        sa.Column("link", sa.Text),
        sa.Column("full", sa.Boolean, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("list_id", sa.String),
        sa.Column("read_at", MOMENT),
        sa.PrimaryKeyConstraint("list", name="pk_readings"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("ward_id", sa.String),
        sa.Column("about_list", sa.String, nullable=False),
        sa.Column("about_key", sa.String),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.add_column("check_ins", sa.Column("summary_id", sa.String))
    op.add_column("check_ins", sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()))
    for table, name in FILED.items():
        rows = sa.table(table, *(sa.column(column) for column in ("id", *CARRIED)))
        filed = sa.table("filed_rows", *(sa.column(column) for column in ("list", "key", "item_id", "etag", "version")))
        known = sa.select(sa.literal(name), rows.c.id, rows.c.item_id, rows.c.etag, rows.c.filed_version)
        op.execute(filed.insert().from_select(list(filed.c), known.where(rows.c.item_id.is_not(None))))
        for column in CARRIED:
            op.drop_column(table, column)


def _filed_rows() -> None:
    op.create_table(
        "filed_rows",
        sa.Column("list", sa.String),
        sa.Column("key", sa.String),
        sa.Column("item_id", sa.String),
        sa.Column("etag", sa.String),
        sa.Column("fields", sa.JSON),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sent_key", sa.String),
        sa.Column("sent_version", sa.Integer),
        sa.Column("sent", sa.JSON),
        sa.Column("round", sa.Integer, nullable=False, server_default="0"),
        sa.Column("erased_on", sa.Date),
        sa.PrimaryKeyConstraint("list", "key", name="pk_filed_rows"),
        sqlite_with_rowid=False,
    )
    for column in ("item_id", "erased_on"):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_filed_rows_{column}", "filed_rows", [column], sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    """Back to columns of each table."""
    for table, name in FILED.items():
        op.add_column(table, sa.Column("filed_version", sa.Integer, nullable=False, server_default="0"))
        op.add_column(table, sa.Column("item_id", sa.String))
        op.add_column(table, sa.Column("etag", sa.String))
        op.add_column(table, sa.Column("unsure", sa.Boolean, nullable=False, server_default=sa.false()))
        rows = sa.table(table, *(sa.column(column) for column in ("id", *CARRIED)))
        filed = sa.table("filed_rows", *(sa.column(column) for column in ("list", "key", "item_id", "etag", "version")))
        mine = (filed.c.list == name, filed.c.key == rows.c.id)
        known = {
            column: sa.select(filed.c[kept]).where(*mine).scalar_subquery()
            for column, kept in (("item_id", "item_id"), ("etag", "etag"))
        }
        version = sa.func.coalesce(sa.select(filed.c.version).where(*mine).scalar_subquery(), 0)
        op.execute(rows.update().values(filed_version=version, **known))
    op.drop_column("check_ins", "removed")
    op.drop_column("check_ins", "summary_id")
    for table in ("audit", "readings", "filed_rows"):
        op.drop_table(table)
