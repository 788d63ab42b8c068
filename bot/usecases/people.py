"""What somebody asks about themselves: what is kept about them, and to be forgotten. For themselves alone, in their own chat."""

from bot.domain.people import KnownOf
from bot.domain.wards import Person
from bot.usecases.needs import PersonStore


class People:
    """The duty of giving people their own data, and of taking it away."""

    def __init__(self, store: PersonStore) -> None:
        self._store = store

    async def known_of(self, person: Person) -> KnownOf:
        """All that is known to be this person's."""
        return await self._store.known_of(person.id)

    async def forget(self, person: Person) -> KnownOf:
        """Forget it; what it was. Asked twice, there is nothing the second time."""
        return await self._store.forget_person(person.id)
