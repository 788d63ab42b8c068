"""Each way in which Teams says no."""

import pytest

from bot.errors import Final, TryAgain, WakeSomebody
from bot.teams.refusals import retry_after, sort_refusal

DATE = "Mon, 16 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, '{"error": {"code": "BadArgument"}}', "bad_argument"),
        (401, '{"error": {"code": "BotNotRegistered"}}', "bot_not_registered"),
        (403, '{"error": {"code": "BotDisabledByAdmin"}}', "bot_disabled"),
        (403, '{"error": {"code": "BotNotInConversationRoster"}}', "bot_not_in_roster"),
        (403, '{"error": {"code": "ConversationBlockedByUser"}}', "blocked_by_user"),
        (403, '{"error": {"code": "NotEnoughPermissions"}}', "not_enough_permissions"),
        (403, '{"error": {"code": "ForbiddenOperationException"}}', "forbidden"),
        (403, '{"error": {"code": "InvalidBotApiHost"}}', "wrong_cloud"),
        (403, '{"errorCode": 209, "message": "MessageWritesBlocked"}', "writes_blocked"),
        (403, '{"error": {"errorCode": 209}}', "writes_blocked"),
        (403, '{"code": "MessageWritesBlocked"}', "writes_blocked"),
        (403, "", "connector_403"),
        (404, '{"error": {"code": "ConversationNotFound"}}', "conversation_not_found"),
        (404, '{"error": {"code": "ActivityNotFoundInConversation"}}', "message_not_found"),
        (404, "<html>", "connector_404"),
        (413, '{"error": {"code": "MessageSizeTooBig"}}', "too_large"),
        (413, "", "too_large"),
        (400, '{"error": {"code": ["BadArgument"]}}', "bad_argument"),
        (400, '{"error": "BadArgument"}', "bad_argument"),
        (400, "[]", "bad_argument"),
        (500, '{"error": {"code": "ServiceError"}}', "connector_500"),
        (418, "", "connector_418"),
    ],
)
def test_final(status: int, body: str, code: str) -> None:
    """A documented refusal has its word; any other is named by its status."""
    refusal = sort_refusal(status, {}, body.encode())

    assert isinstance(refusal, Final)
    assert refusal.code == code


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
def test_passing(status: int) -> None:
    """The five statuses that Teams says to retry are retried, whatever the body says."""
    refusal = sort_refusal(status, {}, b'{"error": {"code": "ConversationNotFound"}}')

    assert isinstance(refusal, TryAgain)


def test_unauthorised() -> None:
    """A 401 about the token, with or without a body, is our credential's matter."""
    assert isinstance(sort_refusal(401, {}, None), WakeSomebody)


@pytest.mark.parametrize(
    ("said", "date", "seconds"),
    [
        ("7", DATE, 7.0),
        (" 0.25 ", DATE, 0.25),
        ("-3", DATE, 0.0),
        ("1e9", DATE, 3600.0),
        ("nan", DATE, None),
        ("inf", DATE, None),
        ("soon", DATE, None),
        ("", DATE, None),
        ("Mon, 16 Nov 2026 09:00:20 GMT", DATE, 20.0),
        ("Mon, 16 Nov 2026 08:59:00 GMT", DATE, 0.0),
        ("Mon, 16 Nov 2026 09:00:20 GMT", "", None),
        ("Mon, 16 Nov 2026 09:00:20", DATE, None),
    ],
)
def test_retry_after(said: str, date: str, seconds: float | None) -> None:
    """Seconds whole or fractional, or a date; never negative, never more than an hour; nonsense is nothing."""
    assert retry_after({"Retry-After": said, "Date": date}) == seconds
