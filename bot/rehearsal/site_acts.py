"""What people do on the rehearsal's page, done in Teams' stand-in; and which of the guide's steps that completes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.rehearsal.people import Person
from bot.rehearsal.site_view import Place
from bot.rehearsal.teams import TeamsStandIn
from bot.rehearsal.teams_cards import INPUTS, walk
from bot.rehearsal.teams_deliveries import SOMETHING_WRONG, Answer, Forge, How
from bot.rehearsal.teams_talk import ADAPTIVE_CARD
from bot.rehearsal.teams_world import NotSent

UNKNOWN_ACT = "The rehearsal does not know how to do that."
NO_CARD_BUTTON = "Only buttons that ask the bot for something can be pressed."
BOT_SILENT = "The bot could not be reached. What you typed is still here."
FILED_LIST = "Replies"
FIVE = 5
REFUSED = 400


@dataclass(slots=True)
class Acts:
    """Does what the page asks for. `five_times` delivers each tap five times at once, as Teams does on a bad day."""

    teams: TeamsStandIn
    clock: Clock
    five_times: bool = False
    _answers: list[tuple[str, str]] = field(default_factory=list)
    _closes: dict[str, datetime] = field(default_factory=dict)

    async def do(
        self, person: Person, place: Place, body: Mapping[str, Any], closes: datetime | None
    ) -> dict[str, Any]:
        """One act of `person` in `place`; `closes` is when the check-in there closes. Answers "ok" and, if there is one, a sentence.

        Raises NotSent and BadAnswer, as the stand-in does.
        """
        message = str(body.get("message", ""))
        match body.get("do"):
            case "press":
                return await self._press(person, message, body, closes)
            case "open":
                await self.teams.open_message(person, message, **self._how())
                return {"ok": True}
            case "say":
                return _outcome(await self._say(person, place, str(body.get("text", "")), body.get("thread")))
            case "install":
                return _outcome(await self._install(person, place))
            case "uninstall":
                return _outcome(await self._uninstall(person, place))
            case _:
                raise NotSent({"": UNKNOWN_ACT})

    def signs(self, lists: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
        """Which steps of the guide have happened: the first and second person's answer, a change, the close, the rows."""
        people = list(dict.fromkeys(person for person, _ in self._answers))
        rows = any(one["name"] == FILED_LIST and one["count"] for one in lists)
        closed = any(moment <= self.clock.now() for moment in self._closes.values())
        return {
            "first": bool(people),
            "second": len(people) > 1,
            "changed": self._someone_came_back(),
            "closed": closed,
            "filed": closed and rows,
        }

    def _someone_came_back(self) -> bool:
        """Whether somebody answered a message again after somebody else had answered it."""
        for place, (person, message) in enumerate(self._answers):
            between = {
                who for who, where in self._answers[self._answers.index((person, message)) : place] if where == message
            }
            if between - {person}:
                return True
        return False

    async def _press(
        self, person: Person, message: str, body: Mapping[str, Any], closes: datetime | None
    ) -> dict[str, Any]:
        action, inputs = body.get("action"), body.get("inputs")
        if not isinstance(action, dict) or not isinstance(inputs, dict):
            raise NotSent({"": NO_CARD_BUTTON})
        how = self._how()
        if not inputs.keys() <= self._inputs_on(message, person):
            # The card in hand was replaced while somebody wrote on it. The page has checked what they wrote; nothing empty is sent.
            inputs = {name: value for name, value in inputs.items() if value}
            how["forge"] = Forge(unchecked=True)
        match action.get("type"):
            case "Action.Execute":
                answer = await self.teams.execute(person, message, action, inputs, **how)
            case "Action.Submit":
                answer = await self.teams.submit(person, message, action, inputs, **how)
            case _:
                raise NotSent({"": NO_CARD_BUTTON})
        outcome = _outcome(answer)
        if outcome["ok"] and inputs and _is_card(answer):
            self._answers.append((person.key, message))
            if closes is not None:
                self._closes[message] = closes
        return outcome

    def _inputs_on(self, message: str, person: Person) -> set[str]:
        """The ids of the inputs on the card that `person` sees now."""
        known = self.teams.talk.messages.get(message)
        card = self.teams.view(person, message) if known else None
        return {str(spot.node.get("id")) for spot in walk(card) if spot.node["type"] in INPUTS}

    async def _say(self, person: Person, place: Place, text: str, thread: object) -> Answer:
        if place.team is None or place.channel is None:
            return await self.teams.say(person, text, **self._how())
        bot = self.teams.world.app_name
        words = text.removeprefix(f"@{bot}").strip()
        named = []
        for one in place.team.members:
            for name in (one.name, one.name.split()[0]):
                if f"@{name}" in words:
                    words = words.replace(f"@{name}", f"<at>{one.name}</at>")
                    named.append(one)
                    break
        under = thread if isinstance(thread, str) else None
        return await self.teams.mention(person, place.channel, words, thread=under, mentions=named, **self._how())

    async def _install(self, person: Person, place: Place) -> Answer:
        if place.team is None:
            return await self.teams.install_for(person)
        return await self.teams.install(place.team, place.channel, by=person)

    async def _uninstall(self, person: Person, place: Place) -> Answer:
        if place.team is None:
            return await self.teams.uninstall_for(person)
        return await self.teams.uninstall(place.team, by=person)

    def _how(self) -> How:
        return {"deliver_times": FIVE if self.five_times else 1}


def _is_card(answer: Answer) -> bool:
    return isinstance(answer.body, dict) and answer.body.get("type") == ADAPTIVE_CARD


def _outcome(answer: Answer) -> dict[str, Any]:
    if answer.status in (502, 504):
        return {"ok": False, "said": BOT_SILENT}
    inner = answer.body.get("statusCode", 200) if isinstance(answer.body, dict) else 200
    if answer.status >= REFUSED or inner >= REFUSED:
        value = answer.body.get("value") if isinstance(answer.body, dict) else None
        said = value.get("message") if isinstance(value, dict) else None
        return {"ok": False, "said": said or SOMETHING_WRONG}
    return {"ok": True}
