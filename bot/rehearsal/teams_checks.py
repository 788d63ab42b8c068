"""What is wrong with an activity that the bot sends, as Teams would find."""

import json
from typing import Any

from bot.rehearsal.people import Town
from bot.rehearsal.teams_cards import problems
from bot.rehearsal.teams_faults import Refusal
from bot.rehearsal.teams_talk import ADAPTIVE_CARD

#: Teams: format-your-bot-messages.md, 08/2026. Counted as UTF-16.
LARGEST_ACTIVITY = 100 * 1024
BAD_ARGUMENT = "Bad Argument"
KINDS = ("message", "typing")
TEXT_FORMATS = ("plain", "markdown", "xml")
MICROSOFT_TYPES = "application/vnd.microsoft."


def check_activity(activity: Any, town: Town) -> dict[str, Any]:
    """The same activity, if Teams would take it. Raises Refusal 400 or 413 with a sentence saying why not."""
    if not isinstance(activity, dict):
        raise bad("the activity is not an object")
    if activity.get("type") not in KINDS:
        raise bad(f"the activity's type is not one of {', '.join(KINDS)}")
    written = json.dumps(activity, ensure_ascii=False, separators=(",", ":"))
    if len(written.encode("utf-16-le")) > LARGEST_ACTIVITY:
        raise Refusal(413, "MessageSizeTooBig")
    if activity["type"] == "message":
        text = _typed(activity, "text", str)
        attachments = _typed(activity, "attachments", list)
        if not text and not attachments:
            raise bad("the message has neither text nor attachments")
        if activity.get("textFormat", "plain") not in TEXT_FORMATS:
            raise bad(f"textFormat is not one of {', '.join(TEXT_FORMATS)}")
        for entity in _typed(activity, "entities", list) or []:
            _check_entity(entity, text or "", town)
        for attachment in attachments or []:
            _check_attachment(attachment)
    return activity


def bad(why: str) -> Refusal:
    """Teams' answer to a request of the wrong shape."""
    return Refusal(400, BAD_ARGUMENT, why)


def _typed(activity: dict[str, Any], name: str, kind: type) -> Any:
    value = activity.get(name)
    if value is not None and not isinstance(value, kind):
        raise bad(f"{name} is not of the type that Teams takes")
    return value


def _check_entity(entity: Any, text: str, town: Town) -> None:
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
        raise bad("an entity has no type")
    if entity["type"] == "mention":
        if not entity.get("text") or entity["text"] not in text:
            raise bad("a mention's text does not stand in the message")
        if not town.find_person(str((entity.get("mentioned") or {}).get("id"))):
            raise bad("a mention names nobody in this tenant")


def _check_attachment(attachment: Any) -> None:
    if not isinstance(attachment, dict) or not str(attachment.get("contentType")).startswith(MICROSOFT_TYPES):
        raise bad("an attachment is not a card that Teams knows")
    if attachment["contentType"] == ADAPTIVE_CARD and (found := problems(attachment.get("content"))):
        raise bad("; ".join(found))
