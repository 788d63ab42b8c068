"""A rehearsal with the whole bot, and Debian's chromium to look at it with."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from app import start_bot
from bot.rehearsal.rehearse import Rehearsal

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
JUST_BEFORE_TWO = datetime(2026, 11, 25, 13, 58, tzinfo=UTC)
PATIENCE = 20_000  # milliseconds; far more than anything takes

#: What the browser itself says of answers that a test is after: a lost connection, and what could not be done.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "status of 400", "status of 409")

#: Opens the page as somebody, on a screen of that width.
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, with a fresh profile."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Debian's chromium is not here")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def url() -> Iterator[str]:
    """The page of a rehearsal that begins two minutes before the first check-in."""
    ready: Future[str] = Future()
    stop: Future[asyncio.Event] = Future()

    async def rehearse() -> None:
        stopping = asyncio.Event()
        async with Rehearsal(start_bot, start=JUST_BEFORE_TWO) as rehearsal:
            stop.set_result(stopping)
            ready.set_result(rehearsal.page_url)
            await stopping.wait()

    def run() -> None:
        try:
            loop.run_until_complete(rehearse())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ready.result(timeout=60)
        loop.call_soon_threadsafe(stop.result(timeout=1).set)
    finally:
        thread.join(timeout=60)
        loop.close()


@pytest.fixture
def open_as(chromium: Browser, url: str) -> Iterator[Open]:
    """Opens the page; at the end, nothing may have been asked of another host, and nothing may have gone wrong in the console."""
    contexts = []
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            wrong.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith(url):
            wrong.append(request.url)

    def open_as(person: str, width: int = 1280, height: int = 800, scheme: Literal["light", "dark"] = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", locale="en-GB"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", heard)
        page.on("request", asked)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{url}#person={person}")
        page.locator("#threads .card").first.wait_for()
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert wrong == []
