"""The views of the SharePoint lists, as a site script that an administrator applies: Graph cannot make them."""

import json
from dataclasses import dataclass
from typing import Any

from bot.records.columns import TITLE, ListDefinition
from bot.records.lists import LISTS

GENERIC_LIST = 100  # SPListTemplateType
#: The title as a link that opens the row (SharePoint's own view of a list has it so too).
LINKED_TITLE = "LinkTitle"
ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class View:
    """A view of a list: what it is called, by which column it is ordered, and which rows it shows. Columns by display name.

    `only`: a column and the choice that it must have; `last_days`: the column it is ordered by lies no more than so many days back.
    """

    of: str
    name: str
    order: str
    only: tuple[str, str] | None = None
    last_days: int | None = None
    ascending: bool = False
    default: bool = False


#: Lists that grow are ordered and filtered by indexed columns only, so that their views work at any size. Replies have no date to be filtered by.
VIEWS = (
    View("Wards", "Asked at present", TITLE, only=("State", "active"), ascending=True),
    View("CheckIns", "Last 90 days", "Closes", last_days=90, default=True),
    View("CheckIns", "Open now", "Closes", only=("State", "open")),
    View("CheckIns", "Missed", "Closes", only=("State", "missed")),
    View("Replies", "Latest week first", "Period", default=True),
    View("AuditLog", "Last 90 days", "When", last_days=90, default=True),
)


def site_script() -> dict[str, Any]:
    """`deployment/sharepoint/site-script.json` (SharePoint "site template JSON schema").

    `createSPList` is the only action that leads to a list's views. By its page it updates a list that is there already; since October 2024 some
    tenants refuse that instead (sp-dev-docs issue 10003, pnp/powershell issue 4468), so the paper also says how to make the views by hand.
    """
    lists = {definition.name: definition for definition in LISTS}
    actions = [
        {
            "verb": "createSPList",
            "listName": name,
            "templateType": GENERIC_LIST,
            "subactions": [_view(view, lists[name]) for view in VIEWS if view.of == name],
        }
        for name in dict.fromkeys(view.of for view in VIEWS)
    ]
    return {"$schema": "schema.json", "actions": actions, "version": 1}


def _view(view: View, definition: ListDefinition) -> dict[str, Any]:
    names = {TITLE: TITLE} | {column.display_name: column.name for column in definition.columns}
    order = names[view.order]
    where = ""
    if view.only is not None:
        column, value = view.only
        where = f'<Where><Eq><FieldRef Name="{names[column]}"/><Value Type="Choice">{value}</Value></Eq></Where>'
    if view.last_days is not None:
        since = f'<Value Type="DateTime"><Today OffsetDays="-{view.last_days}"/></Value>'
        where = f'<Where><Geq><FieldRef Name="{order}"/>{since}</Geq></Where>'
    return {
        "verb": "addSPView",
        "name": view.name,
        "viewFields": [LINKED_TITLE, *(column.name for column in definition.columns if not column.hidden)],
        "query": f'{where}<OrderBy><FieldRef Name="{order}" Ascending="{str(view.ascending).upper()}"/></OrderBy>',
        "rowLimit": ROWS_A_PAGE,
        "isPaged": True,
        "makeDefault": view.default,
    }


def site_script_text() -> str:
    """The same, as its file has it: in ASCII, as Windows PowerShell reads files in the machine's own code page."""
    return json.dumps(site_script(), indent=2) + "\n"
