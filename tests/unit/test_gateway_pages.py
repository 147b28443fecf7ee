"""The generated parts of the gateways' pages are current, and say what the tables say."""

from pathlib import Path

import pytest

from infra.gateway_pages import SECTIONS, texts, written


@pytest.mark.parametrize("path", sorted(texts()), ids=lambda path: path.name)
def test_a_gateways_page_is_current(path: Path) -> None:
    assert path.read_text() == texts()[path], "run '.venv/bin/python -m infra.gateway_pages'"


def test_what_a_person_wrote_around_a_section_stays() -> None:
    page = "# Title\n\n<!-- declines -->\nold\n<!-- /declines -->\n\nAfter.\n"

    told = written("btcpay", page)

    assert told.startswith("# Title\n\n<!-- declines -->\n\n| codes |")
    assert told.endswith("<!-- /declines -->\n\nAfter.\n")
    assert "old" not in told
    assert written("btcpay", told) == told


@pytest.mark.parametrize("page", ["", "<!-- declines -->", "<!-- /declines --><!-- declines -->"])
def test_a_page_without_a_section_is_refused(page: str) -> None:
    assert "declines" in {section.name for section in SECTIONS}
    with pytest.raises(ValueError, match=r"btcpay\.md has no section"):
        written("btcpay", page)
