"""Said thank you = kept: the bot is killed in the middle of its work, and nothing acknowledged is lost or doubled."""

import asyncio
import contextlib
from pathlib import Path
from random import Random

from bot.domain.privacy import reply_key
from bot.rehearsal.people import Person
from bot.rehearsal.teams_deliveries import Answer
from tests.process.bot_process import Died, Ward, a_ward

PEOPLE = 200
#: In how many rounds the bot is killed, each after so many acknowledgements as the dice say.
ROUNDS = 3
SEED = 20261125
_FILED_AS_THEY_STAND = (
    "SELECT count(*) FROM filed_rows JOIN replies ON filed_rows.key = replies.id"
    " WHERE filed_rows.list = 'Replies' AND filed_rows.version = replies.version"
)


class Rush:
    """Many people who answer at once: a word, and then a line. Remembers what was acknowledged; kills the bot after so many thanks."""

    def __init__(self, ward: Ward) -> None:
        self._ward = ward
        self._thanks = 0
        self._kill_at = 0
        self.people: list[Person] = []
        self.words: set[str] = set()
        self.lines: set[str] = set()

    async def answer(self, kill_after: int) -> None:
        """Two hundred new people answer at once, and the bot dies while they do."""
        self._kill_at = self._thanks + kill_after
        town = self._ward.rehearsal.town
        new = [town.add_person(f"p{len(self.people) + n}", f"Person {n}", "nurse") for n in range(PEOPLE)]
        for person in new:
            town.add_member(self._ward.team, person)
        self.people += new
        await asyncio.gather(*(self._one(person) for person in new))

    async def _one(self, person: Person) -> None:
        tap, post = self._ward.teams.execute, self._ward.post.id
        if not self._thanked(await tap(person, post, "check_in.send", {"feeling": "good"})):
            return
        self.words.add(person.id)
        if self._thanked(await tap(person, post, "check_in.add", {"went_well": person.key})):
            self.lines.add(person.key)

    def _thanked(self, answer: Answer) -> bool:
        if answer.status != 200:
            return False
        assert answer.body["type"].endswith("card.adaptive"), answer.body
        self._thanks += 1
        if self._thanks == self._kill_at:
            self._ward.bot.kill()
        return True


async def test_killed_while_answering(tmp_path: Path) -> None:
    """Killed again and again while two hundred answer, the bot has each acknowledged answer once, and once in SharePoint."""
    dice = Random(SEED)
    async with a_ward(tmp_path) as ward:
        await ward.clock_shows("2026-11-25 14:00")
        rush = Rush(ward)
        for _ in range(ROUNDS):
            await rush.answer(kill_after=dice.randrange(1, 2 * PEOPLE - 60))
            await ward.again()
        kept_marks = [mark for (mark,) in ward.read("SELECT mark FROM replies")]
        secret = ward.read("SELECT secret FROM check_ins WHERE state = 'open'")[0][0]
        marks = {person.id: reply_key(secret, person.id) for person in rush.people}
        # Four hundred rows and more are filed at the pace that SharePoint allows.
        for minute in range(0, 20, 2):
            await ward.clock_shows(f"2026-12-02 14:{minute:02}")
            if len(ward.filed("Replies")) >= len(kept_marks):
                break
        kept_lines = [line for (line,) in ward.read("SELECT went_well FROM replies")]
        filed_lines = [row["WentWell"] for row in ward.rows("Replies") if row.get("WentWell")]

        assert 0 < len(rush.words) < len(rush.people)
        assert {marks[person] for person in rush.words} <= set(kept_marks) <= set(marks.values())
        assert len(kept_marks) == len(set(kept_marks))
        assert all(kept_lines.count(line) == 1 for line in rush.lines)
        assert sorted(ward.filed("Replies")) == sorted(key for (key,) in ward.read("SELECT id FROM replies"))
        assert len(ward.filed("Replies")) == len(kept_marks)
        assert sorted(filed_lines) == sorted(line for line in kept_lines if line)


async def test_killed_while_filing(tmp_path: Path) -> None:
    """Killed when SharePoint has the rows and the bot does not know it yet, the bot files none of them twice."""
    async with a_ward(tmp_path) as ward:
        await ward.clock_shows("2026-11-25 14:00")
        for name, feeling in (("Joe", "good"), ("Amina", "slow"), ("Tomasz", "flying")):
            await ward.answers(name, feeling)
        ward.rehearsal.sharepoint.faults.slow_seconds = 3600
        ward.rehearsal.sharepoint.faults.next("slow", where="$batch")
        closing = asyncio.create_task(ward.clock_shows("2026-12-02 14:00"))
        async with asyncio.timeout(10):
            while not ward.rows("Replies"):
                await asyncio.sleep(0.01)
        unknown = ward.read("SELECT count(*) FROM filed_rows WHERE list = 'Replies' AND sent_key IS NOT NULL")
        ward.bot.kill()
        with contextlib.suppress(Died):
            await closing
        await ward.again()
        await ward.clock_shows("2026-12-02 14:03")
        await ward.clock_shows("2026-12-02 14:20")

        assert unknown == [(3,)]
        assert ward.read(_FILED_AS_THEY_STAND) == [(3,)]
        assert sorted(ward.filed("Replies")) == sorted(key for (key,) in ward.read("SELECT id FROM replies"))
        assert sorted(ward.filed("CheckIns")) == sorted(key for (key,) in ward.read("SELECT id FROM check_ins"))
