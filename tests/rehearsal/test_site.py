"""The rehearsal's web site: what the page is told, who may ask, the clock, and the faults."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.rehearsal.sharepoint import SharePointStandIn
from bot.rehearsal.site import site
from tests.rehearsal.page_of_a_ward import CLOSE, FROM_PAGE, a_page, next_event
from tests.rehearsal.small_bot import WEDNESDAY, a_ward, text


async def test_the_page_is_served() -> None:
    """The page and each of its parts come with a strict content security policy, and nothing else is served."""
    async with a_page() as page, page.ward.session.get(page.url + "/") as front:
        body = await front.text()
        found = {}
        for name in ("app.js", "page.css", "rowan.svg", "site.py", "page/app.js", "..%2fsite.py"):
            async with page.ward.session.get(f"{page.url}/{name}") as part:
                found[name] = part.status

        assert "<main" in body
        assert front.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert front.headers["X-Content-Type-Options"] == "nosniff"
        assert found == {
            "app.js": 200,
            "page.css": 200,
            "rowan.svg": 200,
            "site.py": 404,
            "page/app.js": 404,
            "..%2fsite.py": 404,
        }


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1@evil.example"]
)
async def test_foreign_hosts_are_refused(host: str) -> None:
    """A name that only points at this computer gets nothing."""
    async with a_page() as page, page.ward.session.get(f"{page.url}/api/view", headers={"Host": host}) as response:
        assert response.status == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "[::1]:8080", "127.0.0.1"])
async def test_own_names_are_served(host: str) -> None:
    """The names of this computer are served, with a port or without."""
    async with a_page() as page, page.ward.session.get(f"{page.url}/api/view", headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers", [{}, FROM_PAGE | {"Origin": "https://evil.example"}, FROM_PAGE | {"Origin": "null"}]
)
async def test_foreign_pages_cannot_act(headers: dict[str, str]) -> None:
    """Another site cannot make a browser act: the page's own header and origin are needed."""
    async with a_page() as page:
        said = await page.tell("clock", {"by": 3600}, headers)

        assert said.status == 403
        assert page.ward.clock.now() == WEDNESDAY


async def test_own_origin_acts() -> None:
    """The page's own origin may act."""
    async with a_page() as page:
        said = await page.tell("clock", {"by": 3600}, FROM_PAGE | {"Origin": page.url})

        assert said.status == 200


async def test_what_a_person_sees() -> None:
    """A person sees their own places, the channel's threads, what can be said there, and the moments ahead."""
    async with a_page() as page:
        page.moments["close"] = CLOSE
        question = await page.post_question()
        seen = await page.look("joe")
        message = seen["place"]["threads"][0][0]

        assert (seen["you"], seen["place"]["id"], seen["place"]["appHere"]) == ("joe", page.place, True)
        assert [(one["team"], one["count"]) for one in seen["places"]] == [
            ("Rowan ward", 0),
            ("Rowan ward", 1),
            ("", 0),
        ]
        assert (message["id"], message["author"], message["own"]) == (
            question,
            {"name": "Ward Rhythms", "bot": True},
            False,
        )
        assert message["card"]["body"][0]["id"] == "feeling"
        assert "check in now" in [one["title"] for one in seen["commands"]]
        assert seen["moments"] == {"close": CLOSE.isoformat()}
        assert datetime.fromisoformat(seen["now"]) == WEDNESDAY


async def test_who_is_nobody() -> None:
    """An unknown person is the first one, and somebody elsewhere sees a place of their own."""
    async with a_page() as page:
        nobody, osei = await page.look("nobody"), await page.look("osei", page.place)

        assert nobody["you"] == "joe"
        assert osei["place"]["team"] == "Culture of Care sponsors"


async def test_deleted_places_are_gone() -> None:
    """A deleted channel and a deleted team are no places any more."""
    async with a_page() as page:
        page.ward.coffee.deleted = True
        without_channel = await page.look("joe")
        page.ward.rowan.deleted = True
        without_team = await page.look("joe")

        assert [one["name"] for one in without_channel["places"]] == ["General", ""]
        assert [one["kind"] for one in without_team["places"]] == ["personal"]


async def test_words_of_the_bot_are_markdown() -> None:
    """The bot's text is Markdown unless it says that it is plain."""
    async with a_page() as page:
        await page.ward.post(text("**Hello**"))
        await page.ward.post(text("**Hello**") | {"textFormat": "plain"})
        threads = (await page.look())["place"]["threads"]

        assert [thread[0]["plain"] for thread in threads] == [False, True]


@pytest.mark.parametrize(
    ("body", "moment"),
    [
        ({"by": 86400}, WEDNESDAY + timedelta(days=1)),
        ({"to": "2026-07-01T14:00"}, datetime.fromisoformat("2026-07-01T13:00:00+00:00")),
        ({"to": "2026-12-01T09:00:00+00:00"}, datetime.fromisoformat("2026-12-01T09:00:00+00:00")),
    ],
)
async def test_moving_the_clock(body: dict[str, object], moment: datetime) -> None:
    """The clock moves by seconds, or to a day and time on the ward's own clock, summer time and all."""
    async with a_page() as page:
        said = await page.tell("clock", body)

        assert said.status == 200
        assert page.ward.clock.now() == moment


@pytest.mark.parametrize("body", [{}, {"by": -1}, {"by": 1e12}, {"to": "tomorrow"}, {"jump": "close"}, {"by": "1"}, []])
async def test_moments_that_are_none(body: object) -> None:
    """What is no moment moves nothing, and a sentence says so."""
    async with a_page() as page:
        said = await page.tell("clock", body)

        assert said.status == 409
        assert page.ward.clock.now() == WEDNESDAY


async def test_the_mover_moves() -> None:
    """Whoever starts the site can move the clock their own way, so that the bot has its turn."""
    moved: list[datetime] = []

    async def move(moment: datetime) -> None:
        moved.append(moment)

    async with a_page(move) as page:
        await page.tell("clock", {"by": 60})

        assert moved == [WEDNESDAY + timedelta(minutes=1)]


async def test_a_body_that_is_not_json() -> None:
    """A body that is not JSON is answered with a sentence."""
    async with (
        a_page() as page,
        page.ward.session.post(page.url + "/api/act", data=b"{", headers=FROM_PAGE) as response,
    ):
        assert response.status == 409


async def test_changes_are_told() -> None:
    """The page hears of a post, of a request to SharePoint and of the clock, as each happens, until the site closes."""
    async with a_page() as page, page.ward.session.get(page.url + "/api/events") as events:
        heard = [await next_event(events)]
        await page.ward.post(text())
        heard.append(await next_event(events))
        await page.ask_graph("/sites/any")
        heard.append(await next_event(events))
        await page.tell("clock", {"by": 60})
        heard.append(await next_event(events))

        assert events.content_type == "text/event-stream"
        assert heard == [f"event: changed\ndata: {count}\n\n" for count in (1, 2, 3, 4)]


async def test_who_listened_before_still_hears() -> None:
    """Whoever listened to SharePoint's exchanges before the site did still hears them."""
    heard: list[str] = []
    async with a_page(on_exchange=lambda method, *_: heard.append(method)) as page:
        await page.ask_graph("/sites/any")

        assert heard == ["GET"]


async def test_a_site_that_knows_no_moments() -> None:
    """Without a diary of moments the page shows none."""
    async with a_ward() as ward:
        sharepoint = SharePointStandIn(ward.clock, lambda _: True, lambda _: None)
        async with TestClient(TestServer(site(ward.clock, ward.teams, sharepoint))) as client:
            seen = await (await client.get("/api/view")).json()

        assert seen["moments"] == {}


def test_page_names_are_plain() -> None:
    """The page's parts have names that need no escaping in an address."""
    folder = Path(__file__).parents[2] / "bot" / "rehearsal" / "page"

    assert all(part.name.replace(".", "").isalnum() for part in folder.iterdir())


async def test_older_threads_wait() -> None:
    """The newest threads are shown, oldest first, and how many wait; more are shown when asked for, and nonsense asks for the usual."""
    async with a_page() as page:
        ids = [(await page.ward.post(text(str(number)))).body["activityId"] for number in range(7)]
        few, all_of_them, usual = [await page.look("joe", page.place, threads=most) for most in ("2", "10", "x")]

        assert [thread[0]["id"] for thread in few["place"]["threads"]] == ids[-2:]
        assert [one["place"]["older"] for one in (few, all_of_them, usual)] == [5, 0, 2]
