"""Provisioning from the command line: what is missing is made, and what stands in the way is said."""

import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from typer.testing import CliRunner

from bot.records.lists import LISTS
from bot.records.provisioning import NOTHING_TO_DO
from bot.records.site_lists import Step
from deployment.__main__ import app
from deployment.provision import NO_APP_ID, check_site, provision_site
from deployment.refusals import FOR_A_PERSON, MAY_MAKE, MAY_READ, NOT_SIGNED_IN, REFUSED

SITE = "https://example.sharepoint.com/sites/care"


class Administrator:
    """A credential of somebody who is signed in, or is not."""

    def __init__(self, *, signed_in: bool = True) -> None:
        self.signed_in = signed_in
        self.closed = False

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,
    ) -> AccessToken:
        if not self.signed_in:
            raise ClientAuthenticationError(message="not signed in")
        return AccessToken("administrator", 4_000_000_000)

    async def close(self) -> None:
        self.closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class EmptySite:
    """Graph on loopback with one site that has no lists yet.

    `refuses` has the status for a method that it refuses, with `headers`; columns called as one of `taken` are refused too, and `adds` is
    what it adds to the internal name of a column.
    """

    def __init__(self) -> None:
        self.refuses: dict[str, int] = {}
        self.headers: dict[str, str] = {}
        self.refuses_at = ("", "")
        self.taken: set[str] = set()
        self.adds = ""
        self.columns: dict[str, list[dict[str, Any]]] = {}
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        """One request, in Graph's shapes: get site, list lists, create list, list columns, create column."""
        if request.method in self.refuses:
            return web.json_response(
                {"error": {"code": "x", "message": "x"}}, status=self.refuses[request.method], headers=self.headers
            )
        path = request.path.removeprefix("/v1.0/sites/")
        if request.method == self.refuses_at[0] and path.endswith(self.refuses_at[1]):
            return web.json_response({"error": {"code": "accessDenied", "message": "x"}}, status=403)
        if request.method == "POST":
            body = await request.json()
            if path.endswith("/columns") and body["displayName"] in self.taken:
                return web.json_response({"error": {"code": "nameAlreadyExists", "message": "x"}}, status=409)
            if path.endswith("/columns"):
                body["name"] += self.adds
                self.columns[path.split("/")[-2]].append(body)
                return web.json_response(body, status=201)
            made = body["displayName"]
            self.columns[made] = list(body.get("columns", []))
            return web.json_response({"id": made, "displayName": made, "name": made}, status=201)
        if path.endswith("/columns"):
            return web.json_response({"value": self.columns[path.split("/")[-2]]})
        if path.endswith("/lists"):
            return web.json_response({"value": [{"id": name, "displayName": name} for name in self.columns]})
        return web.json_response({"id": "example.sharepoint.com,1,2"})


@pytest.fixture
async def graph() -> AsyncIterator[EmptySite]:
    """That site, listening."""
    site = EmptySite()
    server = web.Application()
    server.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1.0"
    yield site
    await runner.cleanup()


async def test_makes_what_is_missing(graph: EmptySite) -> None:
    """Every list is made with every column, each is said, and a second run finds nothing to do."""
    first: list[str] = []
    second: list[str] = []
    administrator = Administrator()
    done = await provision_site(graph.address, administrator, SITE, first.append, dry_run=False)
    again = await provision_site(graph.address, Administrator(), SITE, second.append, dry_run=False)

    assert done
    assert again
    made = {name: {column["name"] for column in columns} for name, columns in graph.columns.items()}
    assert made == {definition.name: {column.name for column in definition.columns} for definition in LISTS}
    assert [definition.name for definition in LISTS if not any(definition.name in said for said in first)] == []
    assert len(second) == 2
    assert second[0] == NOTHING_TO_DO
    assert administrator.closed


async def test_dry_run_makes_nothing(graph: EmptySite) -> None:
    """A dry run says what is missing and leaves the site as it was."""
    said: list[str] = []
    done = await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=True)

    assert done
    assert len(said) == len(LISTS) + 1
    assert graph.columns == {}


@pytest.mark.parametrize(
    ("method", "status", "sentence"),
    [
        ("GET", 403, "Whoever is signed in may not see this site. What is missing"),
        ("GET", 404, "no such site"),
        ("GET", 400, "no such site"),
        ("GET", 503, "SharePoint could not do it just now (graph_503). Run this again in 5 minutes; it goes on from"),
        ("GET", 429, "SharePoint asks for a pause. Run this again in 5 minutes; it goes on from where it stopped."),
        (
            "POST",
            403,
            "Stopped at Wards. Whoever is signed in may not make lists on this site; the role “write” is not",
        ),
        ("POST", 403, "What is missing: the application permission Sites.Manage.All"),
        ("POST", 400, "Stopped at Wards. SharePoint refused to make a list (refused). Nothing that was there has been"),
    ],
)
async def test_says_what_stands_in_the_way(graph: EmptySite, method: str, status: int, sentence: str) -> None:
    """Each refusal is one sentence on what to do, and the credential is closed all the same."""
    graph.refuses[method] = status
    said: list[str] = []
    administrator = Administrator()
    done = await provision_site(graph.address, administrator, SITE, said.append, dry_run=False)

    assert not done
    assert len(said) == 1
    assert sentence in said[0]
    assert administrator.closed


async def test_says_that_nobody_is_signed_in(graph: EmptySite) -> None:
    """Without a token there is one sentence about signing in."""
    said: list[str] = []
    done = await provision_site(graph.address, Administrator(signed_in=False), SITE, said.append, dry_run=False)

    assert not done
    assert said == [NOT_SIGNED_IN]
    assert "az login --service-principal" in said[0]


@pytest.mark.parametrize(
    ("path", "method", "step"),
    [
        ("/lists", "GET", Step.LISTS),
        ("/columns", "GET", Step.COLUMNS),
        ("/columns", "POST", Step.MAKE_COLUMN),
    ],
)
async def test_says_at_which_step(graph: EmptySite, path: str, method: str, step: Step) -> None:
    """A refusal half-way says what is missing for just that, and who can grant it."""
    graph.refuses_at = (method, path)
    said: list[str] = []

    assert not await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=False)
    at = "" if step is Step.LISTS else "Stopped at Wards. "
    assert said[-1] == at + REFUSED[step] + MAY_MAKE + FOR_A_PERSON
    assert "Who can grant it" in said[-1]


@pytest.mark.parametrize(
    ("after", "when"), [("2.128", "1 minute;"), ("60", "1 minute;"), ("61", "2 minutes;"), ("600", "10 minutes;")]
)
async def test_says_when_to_come_back(graph: EmptySite, after: str, when: str) -> None:
    """As long as SharePoint asks for, in whole minutes, upwards."""
    graph.refuses["GET"], graph.headers = 429, {"Retry-After": after}
    said: list[str] = []

    assert not await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=False)
    assert f"Run this again in {when}" in said[0]


async def test_what_people_have_to_put_right_first(graph: EmptySite) -> None:
    """What else is missing is made and the grant is printed, and it counts as not done."""
    graph.taken = {"Aim"}
    said: list[str] = []

    assert not await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=False)
    assert "Wards (1 of 10): “Aim” could not be made: another column has that name." in "\n".join(said)
    assert "/permissions" in said[-1]
    assert len(graph.columns) == len(LISTS)


async def test_a_column_under_another_name(graph: EmptySite) -> None:
    """It would be made again and again: it is said which one to delete."""
    graph.adds = "0"
    said: list[str] = []

    assert not await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=False)
    assert said[-1].startswith("Stopped at Wards. SharePoint gave the new column “Entry key” another internal name")


async def test_prints_the_grant(graph: EmptySite) -> None:
    """The request that gives the bot its right is printed with the site's real id and the bot's own, ready to send."""
    said: list[str] = []
    await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=True, app_id="0a1b")
    lines = [line.strip() for line in said[-1].splitlines()]

    assert "POST https://graph.microsoft.com/v1.0/sites/example.sharepoint.com,1,2/permissions" in lines
    (body,) = [json.loads(line) for line in lines if line.startswith('{"roles"')]
    assert body == {
        "roles": ["write"],
        "grantedToIdentities": [{"application": {"id": "0a1b", "displayName": "Ward Rhythms"}}],
    }
    assert any("Sites.Selected" in line for line in lines)
    assert any("AppRoleAssignment.ReadWrite.All" in line for line in lines)
    assert (
        "POST https://graph.microsoft.com/v1.0/servicePrincipals/MANAGED-IDENTITY-OBJECT-ID/appRoleAssignments" in lines
    )
    (role,) = [json.loads(line) for line in lines if line.startswith('{"principalId"')]
    assert role.keys() == {"principalId", "resourceId", "appRoleId"}


async def test_the_grant_shows_where_the_app_id_belongs(graph: EmptySite) -> None:
    """Without the bot's id its place can be read, and what is printed is still JSON."""
    said: list[str] = []
    await provision_site(graph.address, Administrator(), SITE, said.append, dry_run=True)
    (body,) = [json.loads(line) for line in said[-1].splitlines() if '"roles"' in line]

    assert body["grantedToIdentities"][0]["application"]["id"] == NO_APP_ID
    assert f'"{NO_APP_ID}"' in said[-1]


async def test_checks_a_site(graph: EmptySite) -> None:
    """Before: each list is missing. After: all is well, in one sentence."""
    before: list[str] = []
    after: list[str] = []
    assert not await check_site(graph.address, Administrator(), SITE, before.append)
    await provision_site(graph.address, Administrator(), SITE, lambda _: None, dry_run=False)
    assert await check_site(graph.address, Administrator(), SITE, after.append)

    assert len(before) == len(LISTS) + 1
    assert before[0].startswith("None of the lists shows.")
    assert after == ["All 10 lists are as they should be."]


@pytest.mark.parametrize(("path", "step"), [("care", Step.SITE), ("/lists", Step.LISTS), ("/columns", Step.COLUMNS)])
async def test_a_check_that_is_refused(graph: EmptySite, path: str, step: Step) -> None:
    """Why it could not be read is said as well, and that reading needs less than making."""
    await provision_site(graph.address, Administrator(), SITE, lambda _: None, dry_run=False)
    graph.refuses_at = ("GET", path)
    said: list[str] = []
    administrator = Administrator()

    assert not await check_site(graph.address, administrator, SITE, said.append)
    at = "Stopped at Wards. " if step is Step.COLUMNS else ""
    assert said == [at + REFUSED[step] + MAY_READ + FOR_A_PERSON]
    assert administrator.closed


@pytest.mark.parametrize("command", ["provision", "check"])
def test_a_site_is_an_address(command: str) -> None:
    """What is not an https address is refused before anybody is asked for a token."""
    result = CliRunner().invoke(app, [command, "--site", "sites/care"])

    assert result.exit_code == 2
    assert "--site" in result.output
