"""The app's icons are what Teams asks for."""

import pytest

from deployment.icons import colour_icon, outline_icon
from deployment.manifest import ACCENT
from tests.deployment.pictures import Picture, read_png


@pytest.fixture(scope="module")
def colour() -> Picture:
    """The colour icon, read back."""
    return read_png(colour_icon())


@pytest.fixture(scope="module")
def outline() -> Picture:
    """The outline icon, read back."""
    return read_png(outline_icon())


def test_colour_icon_is_solid(colour: Picture) -> None:
    """The colour icon is 192 pixels square and nowhere see-through."""
    assert colour.size == 192
    assert {pixel[3] for pixel in colour.pixels} == {255}


def test_mark_keeps_clear_of_the_edge(colour: Picture) -> None:
    """Teams may round the corners off: outside the middle 120 pixels there is only the accent colour."""
    accent = (*bytes.fromhex(ACCENT.removeprefix("#")), 255)
    marked = [i for i, pixel in enumerate(colour.pixels) if pixel != accent]
    across = [i % 192 for i in marked]
    down = [i // 192 for i in marked]

    assert min(*across, *down) >= 36
    assert max(*across, *down) < 156


def test_one_day_is_warm(colour: Picture) -> None:
    """The day at the top has a colour of its own; the others are white."""
    assert colour.at(96, 57) == (255, 196, 87, 255)
    assert colour.at(96, 147) != (255, 255, 255, 255)
    assert (255, 255, 255, 255) in colour.pixels


def test_outline_icon_is_white_on_nothing(outline: Picture) -> None:
    """The outline icon is 32 pixels square, every pixel white, see-through at its corners, with soft edges."""
    assert outline.size == 32
    assert {pixel[:3] for pixel in outline.pixels} == {(255, 255, 255)}
    assert outline.at(0, 0)[3] == 0
    assert max(pixel[3] for pixel in outline.pixels) == 255
    assert any(0 < pixel[3] < 255 for pixel in outline.pixels)
