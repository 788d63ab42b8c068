"""What Teams would send, signed and written out before a measurement begins."""

from itertools import count
from typing import Any
from uuid import UUID

import orjson

from tests.bench.wards import TENANT, channel_of, check_in_of, message_of, team_of

APP_ID = "11111111-1111-4111-8111-111111111111"
BOT = {"id": f"28:{APP_ID}", "name": "Ward Rhythms"}
CLIENT = {"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": "Europe/London"}
STAMP = "2026-11-25T14:00:00.000Z"

_numbers = count()


def requests(kind: str, service_url: str, tokens: list[str], wards: int, many: int) -> list[bytes]:
    """So many requests of a kind ("answer" or "mention"), each from somebody else, over the wards in turn; no two alike in a process."""
    make = {"answer": _answer, "mention": _mention}[kind]
    return [
        _post(make(number, number % wards, service_url), tokens[number % len(tokens)])
        for number in (next(_numbers) for _ in range(many))
    ]


def _post(activity: dict[str, Any], token: str) -> bytes:
    body = orjson.dumps(activity)
    head = (
        "POST /api/messages HTTP/1.1\r\nHost: bot.local\r\nUser-Agent: Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answer(number: int, ward: int, service_url: str) -> dict[str, Any]:
    """One tap on Send."""
    action = {
        "type": "Action.Execute",
        "id": "check_in.send",
        "verb": "check_in.send",
        "title": "Send",
        "data": {"verb": "check_in.send", "check_in": check_in_of(ward), "feeling": "steady"},
    }
    told = {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{message_of(ward)}"}}
    return {
        **_frame(number, ward, message_of(ward), service_url),
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": f"f:{UUID(int=number)}",
        "replyToId": message_of(ward),
        "value": {"action": action, "trigger": "manual"},
        "channelData": _place(ward) | told,
        "entities": [CLIENT],
    }


def _mention(number: int, ward: int, service_url: str) -> dict[str, Any]:
    """The word "help" with a mention, each in a thread of its own."""
    message = str(1_770_000_000_000 + number)
    tag = f"<at>{BOT['name']}</at>"
    return {
        **_frame(number, ward, message, service_url),
        "type": "message",
        "id": message,
        "text": f"{tag} help",
        "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": f"<p>{tag}&nbsp;help</p>"}],
        "channelData": _place(ward),
        "entities": [{"type": "mention", "mentioned": BOT, "text": tag}, CLIENT],
    }


def _frame(number: int, ward: int, root: str, service_url: str) -> dict[str, Any]:
    return {
        "timestamp": STAMP,
        "localTimestamp": STAMP,
        "localTimezone": "Europe/London",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": f"29:1{number:050x}", "name": "Amina Hassan", "aadObjectId": str(UUID(int=number + 2**64))},
        "conversation": {
            "isGroup": True,
            "conversationType": "channel",
            "tenantId": TENANT,
            "id": f"{channel_of(ward)};messageid={root}",
        },
        "recipient": BOT,
        "locale": "en-GB",
    }


def _place(ward: int) -> dict[str, Any]:
    return {
        "teamsChannelId": channel_of(ward),
        "teamsTeamId": team_of(ward),
        "channel": {"id": channel_of(ward)},
        "team": {"id": team_of(ward)},
        "tenant": {"id": TENANT},
    }
