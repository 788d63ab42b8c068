"""What passes the door as an activity, and what does not."""

import json
from typing import Any

import pytest
from botbuilder.core import CloudAdapterBase, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.activities import BadActivity, parse
from tests.teams.door import APP_ID, TENANT, Json, activity, tap

SERVICE = "https://smba.trafficmanager.net/uk/"


def read(content: Json) -> Activity:
    """Parse it as it would come over the wire."""
    return parse(json.dumps(content).encode())


def nested(levels: int) -> Json:
    """Return objects within objects."""
    innermost: Json = {}
    for _ in range(levels):
        innermost = {"a": innermost}
    return innermost


def test_message_is_read_whole() -> None:
    """Each field that the handler needs is where the SDK expects it."""
    message = read(activity(SERVICE, replyToId="1", action="add", value={"a": [1, 2.5, None, True]}))

    assert (message.type, message.id, message.channel_id) == ("message", "1763283600000", "msteams")
    assert message.service_url == SERVICE
    assert message.from_property.aad_object_id == "0d1e2f3a-0000-0000-0000-000000000001"
    assert message.recipient.id == f"28:{APP_ID}"
    assert message.conversation.conversation_type == "channel"
    assert message.conversation.is_group is True
    assert message.conversation.tenant_id == TENANT
    assert message.channel_data["team"] == {"id": "19:team@thread.tacv2", "name": "Rowan"}
    assert message.value == {"a": [1, 2.5, None, True]}
    assert (message.reply_to_id, message.action, message.locale) == ("1", "add", "en-GB")
    assert message.timestamp == "2026-11-16T09:00:00.123Z"


def test_mention_can_be_taken_out_by_the_sdk() -> None:
    """The SDK's mention helpers find the mention and its text."""
    message = read(activity(SERVICE))
    entities = message.entities

    assert TurnContext.remove_recipient_mention(message).strip() == "help"
    assert entities[0].additional_properties["text"] == "<at>Ward Rhythms</at>"
    assert entities[1].additional_properties == {"locale": "en-GB", "platform": "iOS"}


class Heard(TeamsActivityHandler):  # type: ignore[misc]  # the SDK carries no types
    """Writes down which of the SDK's methods was called."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        self.heard.append(f"message {turn_context.activity.text}")

    async def on_members_added_activity(self, members_added: Any, turn_context: TurnContext) -> None:
        del turn_context
        self.heard.append(f"added {members_added[0].id}")

    async def on_members_removed_activity(self, members_removed: Any, turn_context: TurnContext) -> None:
        del turn_context
        self.heard.append(f"removed {members_removed[0].id}")

    async def on_teams_channel_renamed(self, channel_info: Any, team_info: Any, turn_context: TurnContext) -> None:
        del turn_context
        self.heard.append(f"renamed {channel_info.name} {team_info.id}")

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        self.heard.append(turn_context.activity.action)

    async def on_typing_activity(self, turn_context: TurnContext) -> None:
        self.heard.append(turn_context.activity.type)

    async def on_unrecognized_activity_type(self, turn_context: TurnContext) -> None:
        self.heard.append(f"unrecognised {turn_context.activity.type}")


class NoAdapter(CloudAdapterBase):  # type: ignore[misc]  # the SDK carries no types
    """A turn needs an adapter, even one that does nothing."""

    def __init__(self) -> None:
        super().__init__(object())


@pytest.mark.parametrize(
    ("changed", "heard"),
    [
        ({"text": "hello"}, "message hello"),
        ({"type": "conversationUpdate", "membersAdded": [{"id": f"28:{APP_ID}"}]}, f"added 28:{APP_ID}"),
        ({"type": "conversationUpdate", "membersAdded": [{"id": "29:bea", "aadObjectId": "b"}]}, "added 29:bea"),
        ({"type": "conversationUpdate", "membersRemoved": [{"id": "29:bea", "aadObjectId": "b"}]}, "removed 29:bea"),
        (
            {
                "type": "conversationUpdate",
                "channelData": {
                    "eventType": "channelRenamed",
                    "channel": {"id": "19:c", "name": "New"},
                    "team": {"id": "19:t"},
                },
            },
            "renamed New 19:t",
        ),
        ({"type": "installationUpdate", "action": "add-upgrade"}, "add-upgrade"),
        ({"type": "typing"}, "typing"),
        ({"type": "somethingNew"}, "unrecognised somethingNew"),
    ],
)
async def test_sdk_handler_takes_each_kind(changed: Json, heard: str) -> None:
    """The SDK's Teams handler works on what was parsed here."""
    bot = Heard()

    await bot.on_turn(TurnContext(NoAdapter(), read(activity(SERVICE, **changed))))

    assert bot.heard == [heard]


def test_unknown_fields_are_left_at_the_door() -> None:
    """What Teams adds tomorrow is ignored, also within accounts."""
    message = read(activity(SERVICE, somethingNew={"a": 1}, recipient={"id": "28:x", "new": []}))

    assert not hasattr(message, "somethingNew")
    assert message.recipient.id == "28:x"


def test_places_are_handed_on_as_they_came() -> None:
    """`channelData` keeps also what we do not read."""
    data = {"tenant": {"id": TENANT}, "source": {"name": "message"}, "team": {"id": "t", "aadGroupId": "g", "x": 1}}

    assert read(activity(SERVICE, channelData=data)).channel_data == data


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"not json", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{\x00}\x00", "not_json"),
        (b'{"type": "\xff"}', "not_json"),
        (b'{"type": "\\ud800"}', "not_json"),
        (b'{"type": "\\udc00\\ud800"}', "not_json"),
        (b'{"type": "\xed\xa0\x80"}', "not_json"),
        (b'{"type": "a\x00b"}', "not_json"),
        (b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}", "not_json"),
        (b'{"x": ' + b"9" * 5000 + b"}", "not_json"),
        (b'{"type": "\\u0000"}', "nul"),
        (b'{"value": {"\\\\\\u0000": 1}}', "nul"),
        (b"[]", "wrong_shape"),
        (b"null", "wrong_shape"),
        (b'"message"', "wrong_shape"),
        (b"{}", "wrong_shape"),
    ],
)
def test_bad_bytes_are_named(body: bytes, code: str) -> None:
    """What cannot be an activity is refused with one word."""
    with pytest.raises(BadActivity) as bad:
        parse(body)

    assert bad.value.code == code


@pytest.mark.parametrize(
    "changed",
    [
        {"type": None},
        {"type": ""},
        {"type": 5},
        {"serviceUrl": None},
        {"channelId": None},
        {"from": None},
        {"from": {}},
        {"from": {"id": ""}},
        {"from": [{"id": "29:ada"}]},
        {"from": {"id": "29:ada", "name": "n" * 257}},
        {"recipient": None},
        {"conversation": None},
        {"conversation": {"id": "c" * 100_000}},
        {"conversation": {"id": "c", "isGroup": "yes"}},
        {"id": "1" * 100_000},
        {"id": 1763283600000},
        {"text": ["a list where a string belongs"]},
        {"text": "x" * 28_001},
        {"value": []},
        {"value": "text"},
        {"value": {"n": 2**63}},
        {"value": {"n": float("nan")}},
        {"value": {"n": float("inf")}},
        {"value": nested(33)},
        {"channelData": []},
        {"channelData": nested(33)},
        {"channelData": {"tenant": "x"}},
        {"channelData": {"tenant": {"id": 5}}},
        {"channelData": {"team": {"name": "no id"}}},
        {"channelData": {"channel": ["19:c"]}},
        {"channelData": {"eventType": {}}},
        {"entities": {"type": "mention"}},
        {"entities": [{"type": None}]},
        {"entities": [{"type": "mention", "mentioned": {"id": 5}}]},
        {"entities": [{"type": "mention", "mentioned": ["29:ada"]}]},
        {"entities": [{"type": "x", "deep": nested(33)}]},
        {"membersAdded": {"id": "29:ada"}},
        {"membersAdded": ["29:ada"]},
        {"membersRemoved": [{"id": None}]},
        {"replyToId": {}},
        {"timestamp": 5},
    ],
)
def test_wrong_shapes_are_refused(changed: Json) -> None:
    """A field of another type, length or depth than Teams sends makes the whole activity unreadable."""
    whole = activity(SERVICE)
    whole.update(changed)

    with pytest.raises(BadActivity, match="wrong_shape"):
        read({name: value for name, value in whole.items() if value is not None})


def test_nul_written_about_is_not_nul() -> None:
    """Somebody may write of the escape itself."""
    assert read(activity(SERVICE, text="the escape \\u0000 in JSON")).text == "the escape \\u0000 in JSON"


def test_real_surrogate_pairs_are_taken() -> None:
    """An emoji escaped as a pair is one character."""
    assert read(activity(SERVICE, text="well done 🎉")).text == "well done 🎉"


def test_depth_up_to_the_limit_is_taken() -> None:
    """Thirty-two levels pass."""
    assert read(tap(SERVICE, value=nested(31))).value == nested(31)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(activity(SERVICE))), JSONS, max_size=3))
def test_any_json_is_an_activity_or_is_refused(changed: Json) -> None:
    """Whatever stands in a field, parsing ends in an activity or in `BadActivity`."""
    try:
        outcome: str = read({**activity(SERVICE), **changed}).conversation.id
    except BadActivity as bad:
        outcome = bad.code

    assert outcome


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(body: bytes) -> None:
    """Noise is never an activity."""
    with pytest.raises(BadActivity):
        parse(body)
