"""What the bot answers when people ask about themselves. In their own chat only: a channel hears nothing about anybody."""

from typing import Any

import cards.people
import cards.talking
from bot.domain.commands import Word
from bot.domain.wards import Person, Place
from bot.errors import Problem, TellPerson
from bot.usecases.people import People

Card = dict[str, Any]

ASK_ME_ALONE = "Please ask me that in a chat with me alone."

#: What is answered here and nowhere else.
ABOUT_ONESELF = frozenset({Word.MY_DATA, Word.FORGET_ME})
#: Digits of the page number that a card carries: what is longer was made up.
MANY_DIGITS = 4


class OwnData:
    """Answers in cards. Each raises TellPerson where it is asked in a channel."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def said(self, word: Word, place: Place | None, person: Person) -> Card:
        """Somebody said one of the words."""
        return await (self.my_data(place, person) if word is Word.MY_DATA else self.forget_form(place, person))

    async def my_data(self, place: Place | None, person: Person, first: str = "") -> Card:
        """What is kept about them, from the answer of this number on."""
        _alone(place)
        number = int(first) if first.isdecimal() and len(first) < MANY_DIGITS else 0
        return cards.people.my_data(await self._people.known_of(person), number)

    async def forget_form(self, place: Place | None, person: Person) -> Card:
        """What would go."""
        _alone(place)
        return cards.people.forget_form(await self._people.known_of(person))

    async def forget(self, place: Place | None, person: Person) -> Card:
        """It goes."""
        _alone(place)
        return cards.people.forgotten(await self._people.forget(person))

    @staticmethod
    def keep() -> Card:
        """They thought better of it."""
        return cards.talking.sentence(cards.people.KEPT)


def _alone(place: Place | None) -> None:
    if place is not None:
        raise TellPerson([Problem("", ASK_ME_ALONE)])
