"""What an answer of Graph calls for."""

from datetime import UTC, datetime

import pytest

from bot.errors import Final, TryAgain, WakeSomebody
from bot.records.exchanges import LONGEST_WAIT, Answer, id_of, refusal, understand, wait, what_to_do

NOW = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)


def answer(status: int, message: str = "", after: float | None = None) -> Answer:
    """An error as Graph words it."""
    return Answer(status, {"error": {"code": "invalidRequest", "message": message}}, {}, after)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_calls_for_nothing(status: int) -> None:
    """A success raises nothing."""
    what_to_do(Answer(status, {}, {}))


@pytest.mark.parametrize("status", [408, 409, 412, 423, 424, 429, 500, 502, 503, 504, 507])
def test_what_may_succeed_later_is_tried_again(status: int) -> None:
    """Throttling, locks, clashes and failures of the service are tried again when the answer says."""
    with pytest.raises(TryAgain) as caught:
        what_to_do(answer(status, after=2.128))

    assert caught.value.after == 2.128


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_identity_wakes_somebody(status: int) -> None:
    """No retry mends a grant that is missing."""
    with pytest.raises(WakeSomebody) as caught:
        what_to_do(answer(status))

    assert caught.value.code == "graph_refused"


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (400, "Field 'InTheWay' is not recognized", "unknown_column: InTheWay"),
        (400, "Field 'what somebody wrote' is not recognized", "refused"),
        (400, "Invalid request", "refused"),
        (404, "", "not_found"),
        (410, "", "not_found"),
        (415, "", "refused"),
        (302, "", "refused"),
    ],
)
def test_what_never_succeeds_is_final(status: int, message: str, code: str) -> None:
    """A request that Graph does not take as it is, is not repeated."""
    error = refusal(answer(status, message))

    assert isinstance(error, Final)
    assert error.code == code


@pytest.mark.parametrize("body", [{}, {"error": "no"}, {"error": {}}])
def test_an_error_without_words_is_refused(body: dict[str, object]) -> None:
    """An error body of another shape is an error all the same."""
    assert str(refusal(Answer(400, body, {}))) == "refused"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 2.128 "}, 2.128),
        ({"retry-after": "Wed, 18 Nov 2026 14:00:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 18 Nov 2026 14:00:30 -0000"}, 30.0),
        ({"retry-after": "Wed, 18 Nov 2026 13:00:00 GMT"}, 0.0),
        ({"retry-after": "7", "ratelimit-reset": "31"}, 31.0),
        ({"retry-after": "999999999"}, LONGEST_WAIT),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """Whole seconds, fractions and dates are understood, the greatest counts, and nonsense is no answer."""
    assert wait(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "content", "counted"),
    [
        (200, b"<html>", 502),
        (201, b"[1]", 502),
        (503, b"<html>", 503),
        (404, b"\xff", 404),
        (204, b"", 204),
        (200, b'{"id": "1"}', 200),
    ],
)
def test_what_is_not_json_is_not_graph(status: int, content: bytes, counted: int) -> None:
    """A proxy's page with status 200 is not taken for a success, and no page crashes anything."""
    understood = understand(status, content, {"Content-Type": "text/html"}, NOW)

    assert understood.status == counted
    assert understood.headers == {"content-type": "text/html"}


@pytest.mark.parametrize("told", [None, "", 7])
def test_a_success_that_names_nothing_is_odd(told: object) -> None:
    """Something made has an id."""
    with pytest.raises(TryAgain):
        id_of(Answer(201, {"id": told}, {}))
