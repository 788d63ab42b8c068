"""The mark that makes a person's answers one answer, and nobody's once its secret is gone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.privacy import reply_key

SECRET = bytes(range(32))


def test_known_value() -> None:
    """The mark is HMAC-SHA-256 under the check-in's secret: RFC 4231's second test case comes out."""
    assert reply_key(b"Jefe", "what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@given(st.binary(min_size=1, max_size=40), st.text(max_size=40))
def test_shape(secret: bytes, person: str) -> None:
    """A mark is 64 hexadecimal digits, the same each time, whoever's it is."""
    mark = reply_key(secret, person)

    assert re.fullmatch("[0-9a-f]{64}", mark)
    assert mark == reply_key(secret, person)


@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_differs(one: object, other: object, secret: bytes, another: bytes) -> None:
    """Two people's marks differ, and so do one person's marks in two check-ins."""
    assert (reply_key(secret, str(one)) == reply_key(secret, str(other))) is (one == other)
    assert (reply_key(secret, str(one)) == reply_key(another, str(one))) is (secret == another)


@pytest.mark.parametrize("person", ["joe", "6f0c1f0e-3c1d-4b0e-9f5e-0d8b7a6c5e4d"])
def test_tells_nothing(person: str) -> None:
    """The person does not stand in the mark."""
    assert person not in reply_key(SECRET, person)
