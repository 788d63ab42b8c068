"""What Alembic runs for each command. The connection comes from `bot/records/database.py`; there is no alembic.ini.

A new migration: change `schema.py`, then on a connection to a database at the old shape
`alembic.command.revision(alembic_config(connection), "what changes", autogenerate=True, rev_id="0002")`, and read what it wrote.
"""

from alembic import context
from sqlalchemy import Connection, text

from bot.records.schema import metadata

#: Any number, as long as it stays the same: instances that start together migrate one after the other.
MIGRATION_LOCK = 7_142_026

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
if connection.dialect.name == "postgresql":
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
with context.begin_transaction():
    context.run_migrations()
