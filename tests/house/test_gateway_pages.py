"""The generated parts of the gateways' pages are current, and say what the tables say."""

from pathlib import Path

import pytest

from infra.gateway_pages import SECTIONS, sections_of, texts, written
from kassa.gateways.registry import GATEWAYS

DECLINES = SECTIONS[:1]


@pytest.mark.parametrize("path", sorted(texts()), ids=lambda path: path.name)
def test_a_gateways_page_is_current(path: Path) -> None:
    assert path.read_text() == texts()[path], "run '.venv/bin/python -m infra.gateway_pages'"


def test_what_a_person_wrote_around_a_section_stays() -> None:
    page = "# Title\n\n<!-- declines -->\nold\n<!-- /declines -->\n\nAfter.\n"

    page_again = written("btcpay", page, DECLINES)

    assert page_again.startswith("# Title\n\n<!-- declines -->\n\n| codes |")
    assert page_again.endswith("<!-- /declines -->\n\nAfter.\n")
    assert "old" not in page_again
    assert written("btcpay", page_again, DECLINES) == page_again


@pytest.mark.parametrize("page", ["", "<!-- declines -->", "<!-- /declines --><!-- declines -->"])
def test_a_page_without_a_section_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match=r"btcpay\.md has no section"):
        written("btcpay", page, DECLINES)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_every_gateways_page_says_why_it_says_no(gateway: str) -> None:
    assert "declines" in {section.name for section in sections_of(gateway)}


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_each_gateway_has_every_table(gateway: str) -> None:
    assert sections_of(gateway) == list(SECTIONS)
