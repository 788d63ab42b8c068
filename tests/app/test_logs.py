"""The log is one JSON object a line, and libraries' own words stay out of it."""

import json
import logging

import pytest
import structlog

from bot import logs


@pytest.mark.usefixtures("own_log")
def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A line is an object with its sentence, its level, its moment and its fields."""
    logs.set_up()
    structlog.get_logger().info("card posted", checkin="c1")
    line = json.loads(capsys.readouterr().err)

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "card posted", "level": "info", "checkin": "c1"}


@pytest.mark.usefixtures("own_log")
def test_a_library_speaks(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a library's warning only where it comes from is kept, and of its error the kind; its information is not."""
    logs.set_up()
    library = logging.getLogger("some.library")
    library.info("Amina answered")
    try:
        int("Amina wrote: kettle broken")
    except ValueError:
        library.exception("could not read what Amina wrote")
    told = capsys.readouterr().err
    line = json.loads(told)

    assert "Amina" not in told
    assert (line["logger"], line["severity"], line["error"]) == ("some.library", "ERROR", "ValueError")


@pytest.mark.usefixtures("own_log")
def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """A rehearsal's log is for reading, not for machines."""
    logs.set_up(json=False)
    structlog.get_logger().info("card posted", checkin="c1")

    assert "card posted" in capsys.readouterr().err
