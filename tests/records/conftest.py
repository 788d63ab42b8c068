"""The store's fixtures, for every test of this room."""

from tests.records.store_fixtures import house, postgres_server, postgres_url, sqlite_house

__all__ = ["house", "postgres_server", "postgres_url", "sqlite_house"]
