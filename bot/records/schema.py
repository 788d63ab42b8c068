"""The tables of the local database, once. `migrations/` brings a database to this shape; a test holds the two together.

A reply carries no time, and neither its key nor the order of its row says when it came or whose it is. What ties it to a person while a check-in is
open (`check_ins.secret`, `replies.mark`) is destroyed when the check-in closes.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC.

    Raises:
        ValueError: on a naive datetime, which could mean any moment of a day.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store keeps aware moments only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        # SQLite keeps no offset; what went in was UTC.
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


teams = Table(
    "teams",
    metadata,
    Column("id", String, primary_key=True),
    Column("present", Boolean, nullable=False),
)

wards = Table(
    "wards",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel_id", String, nullable=False, unique=True),
    Column("team_id", String, nullable=False, index=True),
    Column("quiet", String),
    Column("details", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

ward_leads = Table(
    "ward_leads",
    metadata,
    Column("ward_id", ForeignKey("wards.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", String, primary_key=True, index=True),
)

# `removed`: somebody deleted its row in SharePoint. It is shown to nobody any more, and known still, so that its period does not come again.
check_ins = Table(
    "check_ins",
    metadata,
    Column("id", String, primary_key=True),
    Column("ward_id", ForeignKey("wards.id"), nullable=False),
    Column("period", String, nullable=False),
    Column("state", String, nullable=False),
    Column("opened_at", Moment, nullable=False, index=True),
    Column("closes_at", Moment, nullable=False),
    Column("remind_at", Moment),
    Column("message_id", String),
    Column("summary_id", String),
    Column("figures", JSON(none_as_null=True)),
    Column("missed", String),
    Column("down_from", Moment),
    Column("down_until", Moment),
    Column("secret", LargeBinary),
    Column("removed", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False),
    UniqueConstraint("ward_id", "period"),
    Index(None, "ward_id", "opened_at"),
    Index(None, "state", "closes_at"),
)

# Without SQLite's hidden row number, which would count the replies in the order in which they came.
replies = Table(
    "replies",
    metadata,
    Column("id", String, primary_key=True),
    Column("check_in_id", ForeignKey("check_ins.id"), nullable=False, index=True),
    Column("mark", String),
    Column("feeling", String, nullable=False),
    Column("went_well", Text, nullable=False),
    Column("in_the_way", Text, nullable=False),
    Column("try_next", Text, nullable=False),
    Column("person_id", String),
    Column("person_name", String),
    Column("version", Integer, nullable=False),
    # The mark first: a group of taps is looked up by its marks alone, whichever check-ins they are for.
    UniqueConstraint("mark", "check_in_id"),
    sqlite_with_rowid=False,
)

# What is known of each row in SharePoint. `fields`, canonical: as it stood there when last seen, so that a person's change shows. `version`: the
# version of ours that it holds; 0 where it has to be filed again. `sent…`: a write under way, or one whose answer got lost; it is known by
# `sent_key`. `round`: the full reading in which it was last met. `erased_on`: it was taken away for good, and must not come back.
filed_rows = Table(
    "filed_rows",
    metadata,
    Column("list", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("item_id", String),
    Column("etag", String),
    Column("fields", JSON(none_as_null=True)),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("sent_key", String),
    Column("sent_version", Integer),
    Column("sent", JSON(none_as_null=True)),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("erased_on", Date),
    # Of the rows that have one only, so that a new row costs no entry in them. By its number alone a row is found, too: beside the list's name
    # SQLite would take the primary key for the better way, and walk through the whole list.
    Index(None, "item_id", sqlite_where=text("item_id IS NOT NULL"), postgresql_where=text("item_id IS NOT NULL")),
    Index(
        None, "erased_on", sqlite_where=text("erased_on IS NOT NULL"), postgresql_where=text("erased_on IS NOT NULL")
    ),
    sqlite_with_rowid=False,
)

# How far each list has been read: the link to go on from. `full`: everything is being read anew, in the `round` of that number;
# `settled`: what the latest full reading did not show has been looked for. `list_id`: which list that was, as one may be made anew.
readings = Table(
    "readings",
    metadata,
    Column("list", String, primary_key=True),
    Column("link", Text),
    Column("full", Boolean, nullable=False),
    Column("round", Integer, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("list_id", String),
    Column("read_at", Moment),
)

# What was decided or done to the record. It names nobody.
audit = Table(
    "audit",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("action", String, nullable=False),
    Column("ward_id", String),
    Column("about_list", String, nullable=False),
    Column("about_key", String),
    Column("detail", String, nullable=False),
    Column("version", Integer, nullable=False),
)

# SHA-256 of what makes a delivery from Teams itself, so that the same one twice is known. Tied to nobody and nothing; a day, no time.
deliveries = Table(
    "deliveries",
    metadata,
    Column("digest", String, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# `since`: from when on the entry could have been done; retries move `due` and leave it. `code`: why it was last put off, or parked.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("ward_id", String),
    Column("payload", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("parked", Boolean, nullable=False),
    Column("code", String),
    UniqueConstraint("kind", "key"),
    Index(None, "parked", "due"),
)

# One row: when the service was last seen running.
beats = Table(
    "beats",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("started", Moment, primary_key=True),
    Column("ended", Moment, nullable=False),
)
