"""The trust's own links: plain https addresses, and nothing that hides where it leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ward_forms
from bot.domain.ward_forms import is_web_address
from tests.domain.typed import told


@pytest.mark.parametrize(
    "link",
    [
        "https://a.uk",
        "https://datix.example.nhs.uk/report?ward=rowan&new=1#form",
        "https://example.sharepoint.com/:b:/s/culture/Ec%20x?e=1(2)",
        "HTTPS://Example.NHS.uk/",
        "https://example.nhs.uk:8443/x",
        "https://10.1.2.3/datix",
        "https://xn--bcher-kva.example/",
        "https://example.nhs.uk/caf\u00e9",
    ],
)
def test_links(link: str) -> None:
    """A full https address is taken as it stands."""
    assert is_web_address(link)
    assert told(incident=link, speak_up=link, sustainability=link, co_production=link) == []


@pytest.mark.parametrize(
    "link",
    [
        "http://example.nhs.uk",
        "javascript:alert(1)",
        "javascript://example.nhs.uk/%0aalert(1)",
        "data:text/html,x",
        "msteams:/l/chat",
        "//example.nhs.uk",
        "example.nhs.uk",
        "https:example.nhs.uk",
        "https:/example.nhs.uk",
        "https://",
        "https:///example.nhs.uk",
        "https://?x=a.b",
        "https://.",
        "https://..",
        "https://a.",
        "https://.uk",
        "https://a..uk",
        "https://-a.uk",
        "https://a_b.uk",
        "https://localhost",
        "https://localhost:80.5",
        "https://[::1]",
        "https://[::ffff:1.2.3.4]",
        "https://[a.b",
        "https://example.nhs.uk@evil.example",
        "https://user:word@evil.example",
        "https://evil.example:99999",
        "https://evil.example:0",
        "https://evil.example:x",
        "https://evil.example/a b",
        "https://evil.example/a\tb",
        "https://evil.example/a\nb",
        "https://evil.example/a\x00b",
        "https://evil.example/a\x7fb",
        "https://evil.example/a\u00a0b",
        "https://evil.example/a\u202egpj.exe",
        "https://evil.example/a\u200bb",
        "https://evil.example/a\ud800b",
        "https://evil.example\\@example.nhs.uk",
        "https://evil.example/'><script>",
        "https://evil.example/`x`",
        "https://b\u00fccher.example",
        "https://ex\u0430mple.nhs.uk",  # a Cyrillic letter
        "https://example\u3002uk",
        "https://\uff45xample.uk",  # a full-width letter
        "https://example.nhs.uk\u2215evil.example",
        f"https://{'a' * 64}.uk",
    ],
)
def test_wrong_links(link: str) -> None:
    """An address is refused that is not https, has no plain host, or hides where it leads."""
    assert not is_web_address(link)
    assert told(speak_up=link) == [("speak_up", ward_forms.BAD_LINK)]


@given(st.text())
def test_any_link(text: str) -> None:
    """Whatever is typed as a link, an answer comes back; what is taken has nothing hidden in it."""
    for link in (text, f"https://{text}", f"https://a.uk{text}", f"https://a.uk/{text}"):
        if is_web_address(link):
            assert link.lower().startswith("https://")
            assert link.isprintable()
