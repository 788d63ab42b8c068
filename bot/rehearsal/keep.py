"""Where a rehearsal is kept between two starts: a folder that one rehearsal at a time uses, written so that no file is ever half there."""

import fcntl
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, Self

from pydantic import AwareDatetime, TypeAdapter

from bot.rehearsal.people import Town
from bot.rehearsal.teams_talk import Talk

IN_USE = "Another rehearsal is running in {folder}. Stop it first, or start this one in another folder."
UNREADABLE = "What is kept in {folder} cannot be read. Begin again with --fresh. Nothing was deleted."
NO_FOLDER = "The folder {folder} cannot be used: {why}."

#: Moves on whenever what is kept changes its shape: an older rehearsal is not guessed at.
FORMAT: Literal[1] = 1

STATE, LOCK, STORE, LISTS = "rehearsal.json", "lock", "store.db", "sharepoint.json"


class CannotRehearse(Exception):
    """The folder forbids a start; its text is a sentence for whoever started."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives the process beside the bot's store and SharePoint's lists. `shown` is what the clock showed, `port` where Teams listened."""

    format: Literal[1]
    shown: AwareDatetime
    port: int
    town: Town
    talk: Talk

    @staticmethod
    def of(shown: datetime, port: int, town: Town, talk: Talk) -> "Kept":
        """The same, in today's format."""
        return Kept(FORMAT, shown, port, town, talk)


_KEPT = TypeAdapter(Kept)


class Folder:
    """Entered, the folder is there and nobody else's; left, others may have it. Raises CannotRehearse on the way in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None

    @property
    def store(self) -> Path:
        """The bot's database."""
        return self.path / STORE

    @property
    def lists(self) -> Path:
        """SharePoint's lists."""
        return self.path / LISTS

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / LOCK).open("ab")
        except OSError as error:
            raise CannotRehearse(NO_FOLDER.format(folder=self.path, why=error.strerror)) from None
        try:
            # Let go by the system when the process ends, however it ends (flock(2)).
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise CannotRehearse(IN_USE.format(folder=self.path)) from None
        self._lock = lock
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            self._lock.close()

    def clear(self) -> None:
        """Forget what was kept: the files that a rehearsal writes, and no others."""
        for name in (STATE, STORE, f"{STORE}-wal", f"{STORE}-shm", LISTS):
            for file in (self.path / name, _beside(self.path / name)):
                file.unlink(missing_ok=True)

    def load(self) -> Kept | None:
        """What was kept; None where nothing was, and then leftovers of a start that never got so far are gone.

        Raises CannotRehearse where it is damaged or of another format.
        """
        state = self.path / STATE
        if not state.exists():
            self.clear()
            return None
        if not self.store.exists() or not self.lists.exists():
            raise self.unreadable()
        try:
            with closing(sqlite3.connect(self.store)) as store:
                sound = store.execute("PRAGMA quick_check").fetchone() == ("ok",)
                store.execute("SELECT count(*) FROM wards")
            kept = _KEPT.validate_json(state.read_bytes())
        except (OSError, ValueError, sqlite3.DatabaseError):
            raise self.unreadable() from None
        if not sound:
            raise self.unreadable()
        return kept

    def unreadable(self) -> CannotRehearse:
        """What to raise where something kept here cannot be read."""
        return CannotRehearse(UNREADABLE.format(folder=self.path))

    def save(self, state: bytes) -> None:
        """Put `state` (see `packed`) in place of what was kept, all of it or nothing."""
        file = self.path / STATE
        with _beside(file).open("wb") as written:
            written.write(state)
            written.flush()
            os.fsync(written.fileno())
        _beside(file).replace(file)


def packed(kept: Kept) -> bytes:
    """`kept` as `Folder.save` takes it."""
    return _KEPT.dump_json(kept)


def _beside(file: Path) -> Path:
    return file.with_suffix(".new")
