"""The site script has views that work however long a list gets, within what a site script may hold."""

import json
import re
from typing import Any

from bot.records.lists import LISTS
from deployment.sharepoint_views import VIEWS, site_script, site_script_text

INDEXED = {definition.name: {column.name for column in definition.columns if column.indexed} for definition in LISTS}
SHOWN = {definition.name: [c.name for c in definition.columns if not c.hidden] for definition in LISTS}
WHERE = re.compile(r"<Where>(.+)</Where>")
ORDER = re.compile(r"<OrderBy>(.+)</OrderBy>")
FIELD = re.compile(r'FieldRef Name="(\w+)"')
#: What `Invoke-SPOSiteDesign` applies at once at the most (SharePoint "site template and site script overview").
MOST_ACTIONS = 30


def views() -> list[tuple[str, dict[str, Any]]]:
    """Each view in the script, with its list."""
    return [(action["listName"], view) for action in site_script()["actions"] for view in action["subactions"]]


def test_every_view_is_in_the_script() -> None:
    """Each view is there once, in a list that there is; one at most is a list's own."""
    made = [(name, view["name"]) for name, view in views()]
    defaults = [name for name, view in views() if view["makeDefault"]]

    assert sorted(made) == sorted((view.of, view.name) for view in VIEWS)
    assert len(set(made)) == len(made)
    assert {name for name, _ in made} <= {definition.name for definition in LISTS}
    assert len(defaults) == len(set(defaults))


def test_views_work_at_any_size() -> None:
    """Rows are picked by indexed columns alone, and those of lists that grow are ordered by them too; a page has few."""
    for name, view in views():
        picked, ordered = WHERE.findall(view["query"]), ORDER.findall(view["query"])
        assert set(FIELD.findall("".join(picked))) <= INDEXED[name]
        assert set(FIELD.findall("".join(ordered))) <= (INDEXED[name] if name != "Wards" else {"Title"})
        assert len(ordered) == 1
        # Replies have no date that says when they came, so that no view can pick the latest.
        assert picked or name == "Replies"
        assert view["rowLimit"] == 100
        assert view["isPaged"]


def test_the_last_days_are_counted_back_from_today() -> None:
    """A view of the last days looks back, and takes in what is still to come."""
    (query,) = [view["query"] for name, view in views() if (name, view["name"]) == ("CheckIns", "Last 90 days")]

    assert query == (
        '<Where><Geq><FieldRef Name="ClosesAt"/><Value Type="DateTime"><Today OffsetDays="-90"/></Value></Geq></Where>'
        '<OrderBy><FieldRef Name="ClosesAt" Ascending="FALSE"/></OrderBy>'
    )


def test_views_show_what_is_for_people() -> None:
    """A view has the title as a link to the row, and every column but those that are hidden."""
    for name, view in views():
        assert view["viewFields"] == ["LinkTitle", *SHOWN[name]]


def test_the_script_is_within_its_limits() -> None:
    """It may be applied at once, and reads the same whatever code page a machine has."""
    actions = site_script()["actions"]

    assert len(actions) + sum(len(action["subactions"]) for action in actions) <= MOST_ACTIONS
    assert site_script_text().isascii()
    assert json.loads(site_script_text()) == site_script()
