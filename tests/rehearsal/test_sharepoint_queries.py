"""What a reader may ask of the SharePoint stand-in: conditions, pages, members and batches."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.rehearsal.sharepoint_caller import Caller, caller, said


@pytest.fixture
async def c() -> AsyncIterator[Caller]:
    """A caller, and a list of everything."""
    async with caller() as made:
        yield made


@pytest.mark.parametrize(
    ("clause", "ids"),
    [
        ("fields/EntryKey eq 'O''NEIL'", ["1"]),
        ("fields/EntryKey ne 'b'", ["1", "3"]),
        ("startswith(fields/EntryKey,'o')", ["1"]),
        ("fields/Score gt 1", ["2"]),
        ("fields/Score le 1.0", ["1"]),
        ("fields/Sure eq true", ["1"]),
        ("fields/Sure eq false", ["2"]),
        ("fields/Score eq '1'", []),
        ("fields/Score gt 'a'", []),
        ("fields/Score lt 2", ["1"]),
        ("fields/Score ge 1.5", ["2"]),
        ("fields/Score ne 2", ["1"]),
        ("startswith(fields/EntryKey,'p')", []),
        ("fields/EntryKey eq 'nobody'", []),
        ("fields/Due eq 2026-01-01", None),
        ("fields/Due lt '2026-11-18T15:00:00+01:00'", []),
        ("fields/Due le '2026-11-18T15:00:00+01:00'", ["2"]),
        ("fields/Due gt 'yesterday'", None),
    ],
)
async def test_rows_are_filtered_by_one_indexed_field(c: Caller, clause: str, ids: list[str] | None) -> None:
    """Texts compare regardless of case, moments in UTC; a quote is doubled; an empty column meets no condition. No moment, no answer."""
    await c.insert(EntryKey="o'neil", Score=1, Sure=True)
    await c.insert(EntryKey="b", Score=2, Sure=False, Due="2026-11-18T14:00:00Z")
    await c.insert(EntryKey="c")
    status, told = await c.ask("GET", f"{c.items}?$filter={quote(clause)}")

    assert status == (400 if ids is None else 200)
    assert [row["id"] for row in told.get("value", [])] == (ids or [])


async def test_a_filter_goes_by_what_a_row_is_now(c: Caller) -> None:
    """Changed, emptied, deleted and restored rows are found by the value that they have, never by one that they had."""
    await c.insert(EntryKey="a")
    await c.insert(EntryKey="b")
    told = [await c.keys("fields/EntryKey eq 'a'")]
    await c.ask("PATCH", f"{c.items}/1/fields", {"EntryKey": "c"})
    told += [await c.keys("fields/EntryKey eq 'a'"), await c.keys("fields/EntryKey eq 'c'")]
    await c.ask("PATCH", f"{c.items}/1/fields", {"EntryKey": None})
    await c.ask("DELETE", f"{c.items}/2")
    told += [await c.keys("fields/EntryKey eq 'c'"), await c.keys("fields/EntryKey eq 'b'")]
    c.w.stand_in.restore("Things", "2")
    told += [await c.keys("fields/EntryKey eq 'b'")]
    await c.ask("DELETE", f"{c.items}/1")

    assert told == [["a"], [], ["c"], [], [], ["b"]]
    assert await c.keys() == ["b"]


async def test_options_are_known_without_their_dollar(c: Caller) -> None:
    """Graph's own examples leave it out now and then."""
    await c.insert(EntryKey="k1", Title="x")
    _, told = await c.ask("GET", f"{c.items}?expand=fields(select=EntryKey)&select=id&top=1")
    _, lists = await c.ask("GET", f"{c.site}/lists?select=id,displayName")

    assert told["value"][0].keys() == {"@odata.etag", "id", "fields@odata.context", "fields"}
    assert told["value"][0]["fields"]["EntryKey"] == "k1"
    assert lists["value"][0].keys() == {"@odata.etag", "id", "displayName"}


@pytest.mark.parametrize(
    ("clause", "status"),
    [
        ("fields/Score eq 1", 429),
        ("fields/Score ne 2", 429),
        ("fields/Score gt 1", 200),
        ("fields/Score eq 1 and fields/Sure eq true", 400),
    ],
)
async def test_more_matches_than_the_list_view_threshold(c: Caller, clause: str, status: int) -> None:
    """Five thousand rows that match are answered, one more looks like throttling, however few a page has. So does any other reading not."""
    lists = c.w.stand_in.api.lists
    of = lists.find("Things")
    for _ in range(5000):
        lists.insert(of, {"fields": {"Score": 1}})
    await c.insert(Score=2)
    within = await c.ask("GET", f"{c.items}?$filter={quote('fields/Score eq 1')}&$top=1")
    await c.insert(Score=1)
    past = await c.ask("GET", f"{c.items}?$filter={quote(clause)}&$top=1")

    assert within[0] == 200
    assert past[0] == status
    assert (await c.ask("GET", f"{c.items}?$top=1"))[0] == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("$filter=fields/Line eq 'x'", "not indexed"),
        ("$filter=fields/Wrong eq 'x'", "not indexed"),
        ("$filter=fields/Score eq 1 and fields/Sure eq true", "Invalid filter"),
        ("$orderby=fields/Score", "not valid"),
        ("$top=0", "$top"),
        ("$top=x", "$top"),
        ("$skiptoken=?", "skip token"),
        ("$skiptoken=eA==", "skip token"),
        ("$expand=everything", "Expand"),
    ],
)
async def test_a_query_is_refused(c: Caller, query: str, words: str) -> None:
    """A field without an index, two conditions, and options that Graph does not document are 400."""
    await c.insert(EntryKey="k1")
    status, told = await c.ask("GET", f"{c.items}?{quote(query, safe='$=/')}")

    assert status == 400
    assert words in said(told)


async def test_pages_are_linked(c: Caller) -> None:
    """Each page leads to the next with all that was asked for, until there is none."""
    for number in range(5):
        await c.insert(EntryKey=f"k{number}", Score=number)
    asked = f"{c.items}?$filter={quote('fields/Score ge 1')}&$top=2&$expand=fields($select=Score)"
    _, first = await c.ask("GET", asked)
    _, second = await c.ask("GET", first["@odata.nextLink"].removeprefix(c.w.base))

    assert [row["fields"]["Score"] for row in first["value"] + second["value"]] == [1, 2, 3, 4]
    assert "@odata.nextLink" not in second


async def test_members_have_graphs_shape(c: Caller) -> None:
    """A conversation member has an id of its own beside the person's; the page size has bounds."""
    _, told = await c.ask("GET", "/teams/team/members?$top=1")

    assert told["value"][0]["@odata.type"] == "#microsoft.graph.aadUserConversationMember"
    assert told["value"][0]["userId"] == "p-1"
    assert told["value"][0]["id"] != "p-1"
    assert (await c.ask("GET", told["@odata.nextLink"].removeprefix(c.w.base)))[1]["value"][0]["userId"] == "j-1"
    assert (await c.ask("GET", "/teams/team/members?$top=1000"))[0] == 400
    assert (await c.ask("GET", "/teams/team/members?$top=x"))[0] == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "Invalid batch"),
        ([], "Invalid batch"),
        ({"requests": []}, "Invalid batch"),
        ({"requests": [{"id": 1, "method": "GET", "url": "/x"}]}, "Invalid batch"),
        ({"requests": [{"id": "1", "method": "GET", "url": "https://elsewhere.example"}]}, "Invalid batch"),
        ({"requests": [{"id": "1", "method": "GET", "url": "/x", "dependsOn": ["2"]}]}, "Invalid batch"),
        ({"requests": [{"id": "1", "method": "GET", "url": "/x"}] * 2}, "unique"),
        ({"requests": [{"id": str(number), "method": "GET", "url": "/x"} for number in range(21)]}, "20"),
        ({"requests": [{"id": "1", "method": "POST", "url": "/x", "body": {}}]}, "Content-Type"),
    ],
)
async def test_a_batch_is_refused(c: Caller, body: Any, words: str) -> None:
    """Too many, the same id twice, a body without its type, and anything of another shape refuse the whole batch."""
    status, told = await c.ask("POST", "/$batch", body)

    assert status == 400
    assert words in said(told)


async def test_a_batch_answers_in_another_order(c: Caller) -> None:
    """Twenty items are answered by id, not in turn; a deletion has no body."""
    await c.insert(EntryKey="k1")
    requests = [{"id": str(number), "method": "GET", "url": f"{c.items}/1"} for number in range(19)]
    _, told = await c.ask(
        "POST", "/$batch", {"requests": [*requests, {"id": "d", "method": "DELETE", "url": f"{c.items}/9"}]}
    )
    _, gone = await c.ask("POST", "/$batch", {"requests": [{"id": "d", "method": "DELETE", "url": f"{c.items}/1"}]})

    ids = [item["id"] for item in told["responses"]]
    assert sorted(ids) == sorted(["d", *(str(number) for number in range(19))])
    assert ids != ["d", *(str(number) for number in range(19))]
    assert gone["responses"] == [{"id": "d", "status": 204, "headers": {}}]
