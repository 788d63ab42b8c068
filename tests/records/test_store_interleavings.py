"""Replies under any interleaving of taps, repeats and closes, held against a model."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.checkins import Change, CheckIn, Feeling, Kept, Lines, NotOpen, NoWord, Reply, State, figures
from bot.domain.wards import Person
from tests.records.store_fixtures import House, a_check_in, a_ward, emptied, new_sqlite, opened

PEOPLE = [Person(id=f"person-{number}", name=f"Name {number}") for number in range(7)]
LINES = st.builds(Lines, st.sampled_from(["", "Cake"]), st.just(""), st.sampled_from(["", "Tea"]), st.booleans())


@dataclass(frozen=True)
class Delivered:
    """One delivery of a tap; two with the same number are one tap delivered twice."""

    number: int
    person: Person
    change: Change


@dataclass
class Model:
    """What ought to be kept, worked out one delivery at a time."""

    check_in: CheckIn
    replies: dict[str, Reply] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def outcome(self, tap: Delivered) -> Kept | NotOpen | NoWord:
        if self.check_in.state is not State.OPEN:
            return NotOpen(self.check_in)
        before = self.replies.get(tap.person.id)
        if tap.number not in self.seen:
            self.seen.add(tap.number)
            before = tap.change.applied(before, tap.person)
        if before is None:
            return NoWord(self.check_in)
        self.replies[tap.person.id] = before
        return Kept(self.check_in, before)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Delivered] | None]:
    """Rushes of taps, each tap delivered up to three times in any of them; None is a close."""
    change = st.builds(Change, st.none() | st.sampled_from(Feeling), st.none() | LINES)
    taps = [
        Delivered(number, draw(st.sampled_from(PEOPLE)), draw(change)) for number in range(draw(st.integers(1, 12)))
    ]
    deliveries = draw(st.permutations([tap for tap in taps for _ in range(draw(st.integers(1, 3)))]))
    rushes: list[list[Delivered] | None] = [[]]
    for tap in deliveries:
        if draw(st.integers(0, 2)) == 0:
            rushes.append([])
        if draw(st.integers(0, 9)) == 0:
            rushes.extend([None, []])
        last = rushes[-1]
        assert last is not None
        last.append(tap)
    return rushes


async def hold(house: House, number: int, history: list[list[Delivered] | None]) -> None:
    """Play a history on a check-in of its own, beside the model, and compare at every step."""
    ward, check_in = a_ward(number), a_check_in(number, f"ward-{number}")
    await house.store.add_ward(ward, [])
    await house.store.add_check_in(check_in, [])
    model = Model(check_in)
    for rush in history:
        if rush is None:
            closed = await house.store.close_check_in(check_in.id, [])
            assert (closed is None) == (model.check_in.state is State.CLOSED)
            if closed is not None:
                assert closed.figures == figures(list(model.replies.values()))
                model.check_in = closed
        else:
            taps: list[Awaitable[object]] = [
                house.store.keep_reply(check_in.id, tap.person, tap.change, f"{number} {tap.number}") for tap in rush
            ]
            assert await asyncio.gather(*taps) == [model.outcome(tap) for tap in rush]
        assert await house.store.answers(check_in.id) == len(model.replies)
        if rush is None or rush is history[-1]:
            await compare(house, model)


async def compare(house: House, model: Model) -> None:
    """Every reply, and what each person is told is theirs."""
    kept = await house.store.replies(model.check_in.id)
    assert sorted(map(repr, kept)) == sorted(map(repr, model.replies.values()))
    for person in PEOPLE:
        told = model.replies.get(person.id) if model.check_in.state is State.OPEN else None
        assert await house.store.reply_of(model.check_in.id, person.id) == told


@pytest.mark.parametrize(("where", "examples"), [("sqlite", 40), ("postgres", 15)])
def test_any_interleaving_keeps_one_reply_a_person(
    request: pytest.FixtureRequest, tmp_path: Path, where: str, examples: int
) -> None:
    """Whatever is delivered twice, changed, mixed and closed: one reply a person, the last first-delivered tap, nothing after close."""
    number = count()
    house_there = (
        opened(new_sqlite(tmp_path)) if where == "sqlite" else emptied(request.getfixturevalue("postgres_url"))
    )
    with asyncio.Runner() as runner:
        house = runner.run(house_there.__aenter__())

        @settings(max_examples=examples)
        @given(histories())
        def holds(history: list[list[Delivered] | None]) -> None:
            runner.run(hold(house, next(number), history))

        try:
            holds()
        finally:
            runner.run(house_there.__aexit__(None, None, None))
