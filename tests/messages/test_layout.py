"""What is shipped is what stands in the MJML, and what stands there is MJML."""

from pathlib import Path

import pytest

from infra.mails.layout import SOURCE, LayoutRefused, compiled
from infra.mails.preview import sheets
from kassa.messages.rendering.render import PAGE
from kassa.messages.templates.texts import LANGUAGES, TEXT_NAMES


def test_the_page_is_compiled_from_the_layout_as_it_stands() -> None:
    assert PAGE.read_text(encoding="utf-8") == compiled(), "python -m infra.mails.layout"


def test_every_part_of_the_layout_stands_in_it() -> None:
    whole = SOURCE.read_text(encoding="utf-8")
    assert {one.name for one in SOURCE.parent.glob("parts/*") if one.name not in whole} == set()
    assert "mj-include" not in compiled()


@pytest.mark.parametrize("body", ["<mj-text>Hello", "<mj-nothing />"])
def test_a_layout_that_is_no_mjml_is_refused(tmp_path: Path, body: str) -> None:
    broken = tmp_path / "mail.mjml"
    broken.write_text(f"<mjml><mj-body><mj-section><mj-column>{body}</mj-column></mj-section>")
    with pytest.raises(LayoutRefused):
        compiled(broken)


def test_nothing_is_fetched_from_elsewhere_but_the_logo() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "@import" not in page
    assert "<link" not in page
    assert "<script" not in page
    assert page.count("src=") == 1


def test_a_preview_shows_every_message_in_every_language(tmp_path: Path) -> None:
    sheets(tmp_path)
    found = {one.name for one in tmp_path.iterdir()}
    assert {f"{name}.{lang}.txt" for name in TEXT_NAMES for lang in LANGUAGES} <= found
    assert {f"{name}.360.dark.html" for name in TEXT_NAMES} <= found
    dark = (tmp_path / "receipt.360.dark.html").read_text(encoding="utf-8")
    assert dark.count("<iframe") == len(LANGUAGES)
