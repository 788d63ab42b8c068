"""What has changed since somebody last asked: the SharePoint stand-in's delta, its tokens, and what can go wrong with either."""

from collections.abc import AsyncIterator

import pytest

from tests.rehearsal.sharepoint_caller import FIELDS, Caller, caller, page, read, said, titles


@pytest.fixture
async def c() -> AsyncIterator[Caller]:
    """A caller, and a list of everything."""
    async with caller() as made:
        yield made


async def test_the_first_delta_is_the_whole_list(c: Caller) -> None:
    """Every row there is comes in pages of its own links; at the end stands the link for what comes later, which finds nothing yet."""
    for number in range(5):
        await c.insert(Title=f"t{number}", EntryKey=f"k{number}")
    await c.ask("DELETE", f"{c.items}/2")
    first = await page(c, f"{c.items}/delta?{FIELDS}&$top=2")
    rows, link = await read(c, first["@odata.nextLink"])
    again, _ = await read(c, link)

    assert titles(first["value"] + rows) == ["t0", "t2", "t3", "t4"]
    assert first["value"][0]["fields"]["EntryKey"] == "k0"
    assert first["@odata.nextLink"].startswith(f"{c.w.base}{c.items}/delta?")
    assert "@odata.deltaLink" not in first
    assert again == []


async def test_a_delta_tells_the_newest_state_once(c: Caller) -> None:
    """What was made, changed twice and deleted since comes once each, the oldest change first; a deleted row says little but that it is gone."""
    for title in ("a", "b", "c"):
        await c.insert(Title=title)
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    await c.ask("PATCH", f"{c.items}/1/fields", {"Title": "a2"})
    await c.ask("DELETE", f"{c.items}/2")
    await c.ask("PATCH", f"{c.items}/1/fields", {"Title": "a3"})
    await c.insert(Title="d")
    rows, _ = await read(c, link)

    assert titles(rows) == [None, "a3", "d"]
    assert rows[0].keys() == {"id", "parentReference", "contentType", "deleted"}
    assert (rows[0]["id"], rows[0]["deleted"]) == ("2", {"state": "deleted"})


async def test_fields_are_told_only_on_demand(c: Caller) -> None:
    """Without $expand there are none, a hidden column shows only when it is named, and $select chooses among the rest."""
    await c.insert(Title="a", EntryKey="k1")
    (bare,) = (await page(c, f"{c.items}/delta"))["value"]
    (shown,) = (await page(c, f"{c.items}/delta?$expand=fields"))["value"]
    (named,) = (await page(c, f"{c.items}/delta?{FIELDS}"))["value"]
    (few,) = (await page(c, f"{c.items}/delta?{FIELDS}&$select=id,lastModifiedBy"))["value"]

    assert "fields" not in bare
    assert "EntryKey" not in shown["fields"]
    assert named["fields"]["EntryKey"] == "k1"
    assert few.keys() == {"@odata.etag", "id", "lastModifiedBy", "fields", "fields@odata.context"}


async def test_latest_is_a_link_and_nothing_else(c: Caller) -> None:
    """Who asks for `latest` gets no rows, only what comes after; all spellings of the call are one."""
    await c.insert(Title="a")
    empty = await page(c, f"{c.items}/delta?token=latest&{FIELDS}")
    await c.insert(Title="b")
    rows, _ = await read(c, empty["@odata.deltaLink"])
    token = empty["@odata.deltaLink"].partition("token=")[2]
    called = await page(c, f"{c.items}/delta(token='{token}')?{FIELDS}")
    whole = await page(c, f"{c.items}/delta()?{FIELDS}&token=")

    assert empty["value"] == []
    assert titles(rows) == titles(called["value"]) == ["b"]
    assert called["@odata.deltaLink"].startswith(f"{c.w.base}{c.items}/delta?")
    assert titles(whole["value"]) == ["a", "b"]


async def test_what_changes_while_somebody_reads_is_found(c: Caller) -> None:
    """Rows changed, made and deleted between two pages are on a later page or in the next delta, whether the whole list is read or what changed."""
    for number in range(6):
        await c.insert(Title=f"t{number}")
    for start in ("", (await page(c, f"{c.items}/delta?token=latest&{FIELDS}"))["@odata.deltaLink"]):
        for number in range(1, 5):
            await c.ask("PATCH", f"{c.items}/{number}/fields", {"Title": f"t{number}"})
        first = await page(c, f"{start or f'{c.items}/delta?{FIELDS}'}&$top=3")
        await c.ask("PATCH", f"{c.items}/1/fields", {"Title": f"late{start[:1]}"})
        await c.ask("PATCH", f"{c.items}/4/fields", {"Title": f"late{start[:1]}"})
        _, made = await c.insert(Title="new")
        await c.ask("DELETE", f"{c.items}/{made['id']}")
        rows, link = await read(c, first["@odata.nextLink"])
        later, _ = await read(c, link)
        newest = {row["id"]: row for row in first["value"] + rows + later}

        assert titles([newest["1"], newest["4"]]) == [f"late{start[:1]}"] * 2
        assert titles([newest[made["id"]]] if made["id"] in newest else []) in ([], [None])


async def test_a_row_repeats_in_one_round(c: Caller) -> None:
    """On command the last row of a page comes in an older state, and as it is on the next page, which there is even if this was the last."""
    await c.insert(Title="a")
    await c.insert(Title="b")
    await c.ask("PATCH", f"{c.items}/2/fields", {"Title": "b2"})
    c.w.stand_in.faults.next("delta-repeat")
    first = await page(c, f"{c.items}/delta?{FIELDS}")
    rows, link = await read(c, first["@odata.nextLink"])
    c.w.stand_in.faults.next("delta-repeat")
    await c.ask("PATCH", f"{c.items}/1/fields", {"Title": "a2"})
    since = await page(c, f"{link}&$top=1")
    after, _ = await read(c, since["@odata.nextLink"])

    assert (titles(first["value"]), titles(rows)) == (["a", "b"], ["b2"])
    assert (titles(since["value"]), titles(after)) == (["a"], ["a2"])


async def test_more_repeats_than_a_page_holds(c: Caller) -> None:
    """Rows that are to come again take their place in the pages like all others."""
    for number in range(3):
        await c.insert(Title=f"t{number}")
    for top in (2, 1):
        c.w.stand_in.faults.next("delta-repeat", times=2)
        rows, link = await read(c, f"{c.items}/delta?{FIELDS}&$top={top}")
        c.w.stand_in.faults.next("delta-row-missing", times=2, where="token=")
        for number in range(1, 4):
            await c.ask("PATCH", f"{c.items}/{number}/fields", {"Title": f"t{number - 1}"})
        none, link = await read(c, link)
        left_out, _ = await read(c, link)

        assert set(titles(rows)) == {"t0", "t1", "t2"}
        assert len(rows) == 5
        assert len(none) + len(left_out) == 3
        assert set(titles(none + left_out)) == {"t0", "t1", "t2"}


async def test_a_row_left_out_comes_later(c: Caller) -> None:
    """On command the last row of a page is left out; the next delta brings it, as it is by then."""
    await c.insert(Title="a")
    await c.insert(Title="b")
    c.w.stand_in.faults.next("delta-row-missing")
    rows, link = await read(c, f"{c.items}/delta?{FIELDS}")
    await c.ask("PATCH", f"{c.items}/2/fields", {"Title": "b2"})
    later, link = await read(c, link)
    await c.ask("DELETE", f"{c.items}/1")
    c.w.stand_in.faults.next("delta-row-missing")
    none, link = await read(c, link)
    gone, _ = await read(c, link)

    assert titles(rows) == ["a"]
    assert set(titles(later)) == {"b2"}
    assert (titles(none), titles(gone)) == ([], [None])


async def test_an_error_in_place_of_rows(c: Caller) -> None:
    """On command a page is 200 and holds an error; its link leads to the same page again. Other requests do not meet that fault."""
    await c.insert(Title="a")
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    await c.ask("DELETE", f"{c.items}/1")
    c.w.stand_in.faults.next("delta-error-row", times=2)
    await page(c, c.items)
    failed = await page(c, link)
    from_the_start = await page(c, f"{c.items}/delta?{FIELDS}")
    rows, _ = await read(c, failed["@odata.deltaLink"])

    assert [row["error"]["code"] for row in failed["value"]] == ["InternalServerError"]
    assert "nested delta resource set" in said(failed["value"][0])
    assert failed["@odata.deltaLink"] == link
    assert titles(rows) == [None]
    assert (await read(c, from_the_start["@odata.deltaLink"]))[0] == []


@pytest.mark.parametrize("code", ["resyncRequired", "ResyncRequired", "syncStateNotFound"])
@pytest.mark.parametrize("inner", ["resyncChangesApplyDifferences", "resyncChangesUploadDifferences"])
async def test_an_old_token_is_gone(c: Caller, code: str, inner: str) -> None:
    """After `expire_delta` an older token is 410 with the address to begin again at, which works, and whose tokens are good again."""
    await c.insert(Title="a")
    _, link = await read(c, f"{c.items}/delta?{FIELDS}")
    c.w.stand_in.expire_delta("Things", code=code, inner=inner)
    async with c.session.get(link, headers={"Authorization": "Bearer good"}) as told:
        status, place, body = told.status, told.headers["Location"], await told.json()
    rows, fresh = await read(c, place)

    assert status == 410
    assert (body["error"]["code"], body["error"]["innerError"]["code"]) == (code, inner)
    assert said(body).startswith("Resync required.")
    assert titles(rows) == ["a"]
    assert (await read(c, fresh))[0] == []


async def test_all_lists_expire_at_once(c: Caller) -> None:
    """Without a list's name the tokens of every list are useless; a misspelt way to begin again is a mistake."""
    _, link = await read(c, f"{c.items}/delta")
    c.w.stand_in.expire_delta()

    assert (await c.ask("GET", link.removeprefix(c.w.base)))[0] == 410
    with pytest.raises(ValueError, match="resyncPlease"):
        c.w.stand_in.expire_delta(inner="resyncPlease")


@pytest.mark.parametrize("token", ["x", "bnVsbA==", "W10=", "é"])
async def test_a_made_up_token_is_refused(c: Caller, token: str) -> None:
    """What the stand-in did not hand out for this list is 400, and so is a filter, which a delta does not take."""
    other = {"displayName": "Others", "list": {"template": "genericList"}}
    c.w.stand_in.api.lists.create(other)
    others = await page(c, f"{c.site}/lists/Others/items/delta?token=latest")
    of_others = others["@odata.deltaLink"].partition("token=")[2]

    assert (await c.ask("GET", f"{c.items}/delta?token={token}"))[0] == 400
    assert (await c.ask("GET", f"{c.items}/delta?token={of_others}"))[0] == 400
    assert (await c.ask("GET", f"{c.items}/delta?$filter=fields/Score eq 1"))[0] == 400


async def test_a_list_from_an_older_backup_begins_again(c: Caller) -> None:
    """A token that knows more than the list does is 410, as what it stands for is not there."""
    of = c.w.stand_in.api.lists.find("Things")
    before = c.w.stand_in.api.lists.dump()
    await c.insert(Title="a")
    _, link = await read(c, f"{c.items}/delta")
    del c.w.stand_in.api.lists.all[of.id]
    c.w.stand_in.api.lists.load(before)

    assert (await c.ask("GET", link.removeprefix(c.w.base)))[0] == 410
