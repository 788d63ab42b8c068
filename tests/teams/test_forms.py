"""What is read out of an activity: what was said, whom it mentions, and where it was asked."""

import json

import pytest
from botbuilder.schema import Activity

from bot.errors import TellPerson
from bot.teams.activities import parse
from bot.teams.forms import asked_in, mentioned_in, said_in
from tests.teams.door import APP_ID, Json, activity

SERVICE = "https://smba.trafficmanager.net/uk/"


def read(content: Json) -> Activity:
    """Parse it as it would come over the wire."""
    return parse(json.dumps(content).encode())


@pytest.mark.parametrize(
    "mentioned", [{}, {"mentioned": None}, {"mentioned": {"name": "no id"}}, {"mentioned": {"id": ""}}]
)
def test_a_mention_of_nobody(mentioned: Json) -> None:
    """A mention that names nobody is no reason to refuse what was said beside it; its words are cut all the same."""
    nobody = {"type": "mention", "text": "<at>Nights</at>", **mentioned}
    read_all = read(activity(SERVICE, text="<at>Nights</at> status", entities=[nobody]))

    assert mentioned_in(read_all) == []
    assert said_in(read_all) == "status"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<at>Ward Rhythms</at>&nbsp;check in now", "check in now"),
        ("<at>Ward Rhythms</at>\u00a0 check\u00a0in now&nbsp;", "check in now"),
        ("pause until 5 &amp; 6 &lt;b&gt; <at>Ward Rhythms</at>", "pause until 5 & 6 <b>"),
    ],
)
def test_what_was_said(text: str, said: str) -> None:
    """Teams sends text escaped as HTML, with a hard space behind a mention."""
    bot = {"type": "mention", "mentioned": {"id": f"28:{APP_ID}"}, "text": "<at>Ward Rhythms</at>"}

    assert said_in(read(activity(SERVICE, text=text, entities=[bot]))) == said


def test_a_chat_of_several_people() -> None:
    """What is for one person alone is not said in a group chat; their own chat is no place, and no group."""
    alone = {"tenant": {"id": "t"}}
    with pytest.raises(TellPerson) as told:
        asked_in(
            read(activity(SERVICE, conversation={"id": "19:g", "conversationType": "groupChat"}, channelData=alone))
        )

    assert told.value.problems[0].sentence.startswith("I do not work in group chats.")
    assert (
        asked_in(read(activity(SERVICE, conversation={"id": "a:1", "conversationType": "personal"}, channelData=alone)))
        is None
    )


@pytest.mark.parametrize("kind", ["shared", "Private"])
def test_channels_with_members_of_their_own(kind: str) -> None:
    """In a shared or private channel nothing is done; one of no kind, or of one that nobody knows, is a channel."""
    place = {"tenant": {"id": "t"}, "team": {"id": "19:t"}}

    def channel(kind: object) -> Activity:
        return read(activity(SERVICE, channelData={**place, "channel": {"id": "19:c", "type": kind}}))

    with pytest.raises(TellPerson) as told:
        asked_in(channel(kind))

    assert told.value.problems[0].sentence.startswith("I work in standard channels only.")
    assert [asked_in(channel(other)) for other in ("standard", "", 7)] == [asked_in(channel(None))] * 3
