"""The SharePoint stand-in at its door: tokens, addresses, people, and what outlives it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.rehearsal.sharepoint import SharePointStandIn
from tests.rehearsal.sharepoint_caller import BEARER, Caller, caller
from tests.rehearsal.sharepoint_fixtures import TOKEN, StillClock, reply, world


@pytest.fixture
async def c() -> AsyncIterator[Caller]:
    """A caller, and a list of everything."""
    async with caller() as made:
        yield made


async def test_a_good_token_is_required(c: Caller) -> None:
    """No token, another scheme and a bad token are 401 with Graph's error body."""
    for header in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer bad"}):
        async with c.session.get(f"{c.w.base}{c.site}/lists", headers=header) as told:
            assert told.status == 401
            assert (await told.json())["error"]["code"] == "InvalidAuthenticationToken"


async def test_a_token_may_be_checked_with_a_wait() -> None:
    """Whoever checks tokens may be asynchronous."""

    async def check(token: str) -> bool:
        return token == TOKEN

    stand_in = SharePointStandIn(StillClock(), check, lambda _: None)
    base = await stand_in.start()
    async with aiohttp.ClientSession() as session, session.get(f"{base}/teams/x/members", headers=BEARER) as told:
        status = told.status
    await stand_in.stop()
    await stand_in.stop()

    assert status == 404


async def test_a_site_is_found_by_path_and_by_id(c: Caller) -> None:
    """Both give the same id; another site is not there."""
    by_path = await c.ask("GET", "/sites/trust.sharepoint.com:/sites/culture")
    by_id = await c.ask("GET", c.site)

    assert by_path == by_id
    assert by_id[1]["id"] == c.w.stand_in.api.site_id
    assert (await c.ask("GET", "/sites/trust.sharepoint.com:/sites/other"))[0] == 404
    assert (await c.ask("GET", "/sites/other"))[0] == 404
    assert (await c.ask("GET", "/sites/other/lists"))[0] == 404


async def test_bad_bodies_and_addresses_are_refused() -> None:
    """Not JSON, another content type, and an address that nobody knows."""
    async with caller(held=False) as c:
        for body, kind, status in ((b"{", "application/json", 400), (b"x", "text/plain", 415)):
            headers = {**BEARER, "Content-Type": kind}
            async with c.session.post(f"{c.w.base}{c.items}", data=body, headers=headers) as told:
                assert told.status == status

        assert (await c.ask("GET", "/me"))[0] == 400
        assert (await c.ask("PUT", c.items))[0] == 400
        assert (await c.insert())[0] == 201
        assert (await c.ask("POST", c.items, {"field": {}}))[0] == 400


async def test_people_edit_and_remove_rows(c: Caller) -> None:
    """A person's edit makes a new version, stamped by the clock; a person's removal takes the row."""
    await c.insert(EntryKey="k1", Line="a")
    c.w.clock.pass_by(hours=1)
    c.w.stand_in.edit("Things", "1", {"Line": "b"})
    (row,) = c.w.rows("Things")
    c.w.stand_in.remove("Things", "1")

    assert row == {
        "id": "1",
        "version": 2,
        "created": "2026-11-18T14:00:00Z",
        "modified": "2026-11-18T15:00:00Z",
        "by": "Alex Morgan",
        "fields": {"EntryKey": "k1", "Line": "b"},
    }
    assert c.w.rows("Things") == []
    assert c.w.stand_in.tables()["Things"]["columns"][1] == {
        "name": "EntryKey",
        "displayName": "EntryKey",
        "description": "",
        "hidden": True,
        "kind": "text",
    }


async def test_lists_outlive_the_process(tmp_path: Path) -> None:
    """With a file to keep them in, a second stand-in carries on where the first ended."""
    keep = tmp_path / "lists.json"
    async with world() as w:
        first = SharePointStandIn(w.clock, lambda _: True, lambda _: None, keep=keep)
        base = await first.start()
        first.api.lists.load(w.stand_in.api.lists.dump())
        path = f"{base}/sites/{first.api.site_id}/lists/Replies/items"
        async with (
            aiohttp.ClientSession(headers=BEARER) as session,
            session.post(path, json={"fields": dict(reply(1).fields)}) as told,
        ):
            assert told.status == 201
        await first.stop()
        second = SharePointStandIn(w.clock, lambda _: True, lambda _: None, keep=keep)

    assert second.tables() == first.tables()
    assert len(second.tables()["Replies"]["rows"]) == 1
