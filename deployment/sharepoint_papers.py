"""The table of every list and column that the owners of the SharePoint site get on paper, made from the lists themselves."""

from bot.records.columns import TITLE, Column
from bot.records.lists import ROWS

HEAD = """# The lists and their columns

Made by `python -m deployment lists`; a test holds it and the code together. `README.md` beside it says what happens when people change something.
"""
TABLE = """
## {list}

{description}

| column | internal name | kind | who writes it | what it holds |
|---|---|---|---|---|
"""
LINE = "| {title} | `{name}` | {kind} | {who} | {holds} |"
BOTH, BOT = "the bot, and people", "the bot"
HIDDEN = "{kind}, hidden"
TITLE_HOLDS = "What the row is called."
KINDS = {"text": "one line", "choice": "choice", "number": "number", "boolean": "yes or no", "dateTime": "day and time"}
SEVERAL_LINES, DAY = "several lines", "day"


def lists_table() -> str:
    """`deployment/sharepoint/lists.md`: every list and column, who writes it and what it holds."""
    parts = [HEAD]
    for row in ROWS:
        definition = row.definition()
        titles = LINE.format(
            title=TITLE, name=TITLE, kind=KINDS["text"], who=BOTH if row.TITLE_IS_THEIRS else BOT, holds=TITLE_HOLDS
        )
        lines = [titles, *(_line(column) for column in definition.columns)]
        parts.append(TABLE.format(list=definition.name, description=definition.description) + "\n".join(lines) + "\n")
    return "".join(parts)


def _line(column: Column) -> str:
    kind = KINDS[column.facet.kind]
    if column.facet.settings.get("allowMultipleLines"):
        kind = SEVERAL_LINES
    if column.facet.settings.get("format") == "dateOnly":
        kind = DAY
    return LINE.format(
        title=column.display_name,
        name=column.name,
        kind=HIDDEN.format(kind=kind) if column.hidden else kind,
        who=BOTH if column.people_may_edit else BOT,
        holds=column.description,
    )
