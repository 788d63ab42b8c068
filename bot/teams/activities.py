"""What Teams sends us: bytes are parsed here, at the door, into the SDK's `Activity`."""

import math
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, Entity
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.errors import WardRhythmsError

#: Levels of nesting in the free parts of an activity. Our own cards' data need three.
DEEPEST = 32
#: JSON integers beyond this are not numbers to every reader (RFC 8259 section 6 advises 53 bits; orjson writes 64).
LARGEST_INTEGER = 2**63 - 1

_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class BadActivity(WardRhythmsError):
    """What arrived is not an activity that Teams would send. `code` names what is wrong, never what was in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _plain(value: Any, levels: int = DEEPEST) -> Any:
    """Refuse JSON that is nested too deeply or holds numbers that JSON cannot carry on."""
    if isinstance(value, str | bool) or value is None:
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError("integer too large")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("not a finite number")
    else:
        if levels == 0:
            raise ValueError("nested too deeply")
        for part in value.values() if isinstance(value, dict) else value:
            _plain(part, levels - 1)
    return value


# Microsoft publishes no length for ids; 1,024 is many times the longest seen.
# Names and texts: Teams "Limits and specifications".
Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Name: TypeAlias = Annotated[str, StringConstraints(max_length=256)]
Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=28_000)]
JsonObject: TypeAlias = Annotated[dict[str, Any], AfterValidator(_plain)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)


class _Account(_Shape):
    id: Id
    name: Name | None = None
    aad_object_id: Id | None = Field(None, alias="aadObjectId")
    role: Word | None = None


class _Conversation(_Shape):
    id: Id
    name: Name | None = None
    is_group: bool | None = Field(None, alias="isGroup")
    conversation_type: Word | None = Field(None, alias="conversationType")
    tenant_id: Id | None = Field(None, alias="tenantId")


class _Mentioned(_Shape):
    id: Id
    name: Name | None = None


def _somebody(mentioned: object) -> object:
    """A mention of nobody in particular is none, and no reason to refuse what was said beside it."""
    return None if isinstance(mentioned, dict) and not mentioned.get("id") else mentioned


class _Entity(_Shape):
    """An entity is open by design; only what the SDK's mention helpers read is held to a shape."""

    model_config = ConfigDict(extra="allow")

    type: Word
    mentioned: Annotated[_Mentioned | None, BeforeValidator(_somebody)] = None
    text: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> "_Entity":
        _plain(self.model_extra)
        return self


class _Named(_Shape):
    id: Id
    name: Name | None = None


class _Team(_Named):
    aad_group_id: Id | None = Field(None, alias="aadGroupId")


class _ChannelData(_Shape):
    """The parts of `channelData` that decide where we are. The whole object is handed on as it came."""

    tenant: _Named | None = None
    team: _Team | None = None
    channel: _Named | None = None
    event_type: Word | None = Field(None, alias="eventType")


def _places(value: dict[str, Any]) -> dict[str, Any]:
    _ChannelData.model_validate(value)
    return value


class _Inbound(_Shape):
    type: Word
    id: Id | None = None
    name: Name | None = None
    text: Text | None = None
    value: JsonObject | None = None
    channel_id: Word = Field(alias="channelId")
    service_url: Id = Field(alias="serviceUrl")
    sender: _Account = Field(alias="from")
    recipient: _Account
    conversation: _Conversation
    channel_data: Annotated[JsonObject, AfterValidator(_places)] | None = Field(None, alias="channelData")
    entities: list[_Entity] | None = None
    members_added: list[_Account] | None = Field(None, alias="membersAdded")
    members_removed: list[_Account] | None = Field(None, alias="membersRemoved")
    reply_to_id: Id | None = Field(None, alias="replyToId")
    action: Word | None = None
    locale: Word | None = None
    timestamp: Word | None = None


def parse(body: bytes) -> Activity:
    """Read one activity from the body of a request.

    The SDK's own msrest reader is not used: it takes any shape for any other, and 241 µs against 9.
    `timestamp` stays the string that came; `channel_data` and `value` are plain dicts.
    Fields: Bot Framework "Activity schema"; Teams' own: "Bot conversations in Teams".

    Raises:
        BadActivity: `not_json`, `wrong_shape` or `nul` (lone surrogates and invalid UTF-8 are `not_json`).

    """
    # JSON can write NUL only as this escape; PostgreSQL and SharePoint refuse it, so it stops here.
    if b"\\u0000" in body and _ESCAPED_NUL.search(body):
        raise BadActivity("nul")
    try:
        inbound = _Inbound.model_validate_json(body)
    except ValidationError as error:
        code: Literal["not_json", "wrong_shape"] = "wrong_shape"
        if error.errors(include_url=False, include_context=False, include_input=False)[0]["type"] == "json_invalid":
            code = "not_json"
        raise BadActivity(code) from None
    return _activity(inbound)


def _activity(inbound: _Inbound) -> Activity:
    talk = inbound.conversation
    return Activity(
        type=inbound.type,
        id=inbound.id,
        name=inbound.name,
        text=inbound.text,
        value=inbound.value,
        channel_id=inbound.channel_id,
        service_url=inbound.service_url,
        from_property=_account(inbound.sender),
        recipient=_account(inbound.recipient),
        conversation=ConversationAccount(
            id=talk.id,
            name=talk.name,
            is_group=talk.is_group,
            conversation_type=talk.conversation_type,
            tenant_id=talk.tenant_id,
        ),
        channel_data=inbound.channel_data,
        entities=None if inbound.entities is None else [_entity(entity) for entity in inbound.entities],
        members_added=_members(inbound.members_added),
        members_removed=_members(inbound.members_removed),
        reply_to_id=inbound.reply_to_id,
        action=inbound.action,
        locale=inbound.locale,
        timestamp=inbound.timestamp,
    )


def _account(account: _Account) -> ChannelAccount:
    return ChannelAccount(id=account.id, name=account.name, aad_object_id=account.aad_object_id, role=account.role)


def _members(accounts: Sequence[_Account] | None) -> list[ChannelAccount] | None:
    if accounts is None:
        return None
    members = [_account(account) for account in accounts]
    for member in members:
        # The SDK's Teams handler calls the roster, one blocking request a person, for a member with nothing in here.
        member.additional_properties = {"aadObjectId": member.aad_object_id}
    return members


def _entity(entity: _Entity) -> Entity:
    """Everything but the type goes where the SDK's mention helpers look for it."""
    made = Entity(type=entity.type)
    made.additional_properties = dict(entity.model_extra or {})
    if entity.mentioned is not None:
        made.additional_properties["mentioned"] = entity.mentioned.model_dump(exclude_none=True)
    if entity.text is not None:
        made.additional_properties["text"] = entity.text
    return made
