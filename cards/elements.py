"""The element types that our cards are made of: all that whoever draws them has to know."""

#: Every `type` of element and action on any card.
ELEMENTS = frozenset(
    {
        "Action.Execute",
        "Action.Submit",
        "Action.ToggleVisibility",
        "ActionSet",
        "AdaptiveCard",
        "Chart.HorizontalBar",
        "Container",
        "Data.Query",
        "Input.ChoiceSet",
        "Input.Date",
        "Input.Text",
        "Input.Time",
        "Input.Toggle",
        "RichTextBlock",
        "TextBlock",
        "TextRun",
    },
)

#: Those that only Teams knows, so that Microsoft's schema for Adaptive Cards 1.5 does not. Each stands beside, or falls back to, plain text.
TEAMS_ONLY = frozenset({"Chart.HorizontalBar", "Data.Query"})
