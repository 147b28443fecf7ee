"""Help: tasks by role, the glossary, the sheet for when automation is down, the tour, feedback."""

import re

import pytest

from kassa.console.help.feedback import AN_HOUR_MAX, TEXT_MAX
from kassa.console.help.tasks import TASKS, TOUR
from kassa.console.help.terms import terms_in
from kassa.console.rights import SCREENS as NAVIGATED
from kassa.console.screens.registry import SCREENS
from kassa.people.persons import Role
from kassa.reports.localization import LANGUAGES
from tests.house.help_pages import pages
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.source import KASSA

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"
SCRIPTS = {"ja": "[\u3040-\u30ff\u4e00-\u9fff]", "th": "[\u0e00-\u0e7f]"}
SCRIPTS |= {"ru": "[\u0400-\u04ff]", "zh-Hant": "[\u4e00-\u9fff]"}
every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_the_pages_of_the_docs_are_written_from_the_console_s_texts() -> None:
    """If this fails, write them by `python -m tests.house.help_pages`."""
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, path.name


@every_language
def test_every_term_is_explained_in_every_language(language: str) -> None:
    terms = terms_in(language)

    assert [one.name for one in terms] == [one.name for one in terms_in("en")]
    for one in terms:
        assert one.spelled.strip()
        assert one.meaning.strip()
        assert re.search(SCRIPTS.get(language, "."), one.meaning), one


@every_language
@pytest.mark.parametrize("path", ["help", "glossary", "when-down", "feedback"])
def test_a_page_of_help_opens_in_every_language_and_is_small(path: str, language: str) -> None:
    shown = Browser(language).sign_in(person(Role.READER)).get(f"/console/{path}")

    assert shown.status == 200
    assert f'<html lang="{language}">' in shown.body
    assert len(shown.body.encode()) < HTML_MAX
    assert 'style="' not in shown.body


def test_a_link_to_a_term_leads_to_one_that_there_is() -> None:
    names = {one.name for one in terms_in("en")}
    linked = {
        name
        for page in sorted((KASSA / "console/templates").glob("*.html"))
        for name in re.findall(r"/console/glossary#([a-z_]+)", page.read_text())
    }

    assert set() < linked <= names


def test_every_task_and_step_leads_to_a_screen() -> None:
    led = {one.screen for tasks in TASKS.values() for one in tasks}

    assert led <= SCREENS.keys()
    assert {screen for _, screen in TOUR} <= NAVIGATED.keys() | {"help"}


def test_a_first_visit_is_shown_around_until_it_says_enough() -> None:
    anna, bert = person(name="Anna"), person(name="Bert")
    browser = Browser().sign_in(anna)
    first = browser.get("/console")
    assert "A first look around" in first.text
    assert all(f'/console/{screen}">' in first.body for _, screen in TOUR)

    ended = browser.send("/console/help/tour", is_over="yes")

    assert (ended.status, ended.leads_to) == (303, "/console")
    assert "A first look around" not in browser.get("/console").text
    assert "A first look around" not in Browser().sign_in(anna).get("/console").text
    assert "A first look around" in Browser().sign_in(bert).get("/console").text


def test_the_tour_can_be_begun_again_from_help() -> None:
    browser = Browser().sign_in(person())
    browser.send("/console/help/tour", is_over="yes")
    browser.send("/console/help/tour", at="/console/help", is_over="no")

    assert "A first look around" in browser.get("/console").text


def test_feedback_of_a_page_is_kept_for_all_who_work_here() -> None:
    anna = person(name="Anna")
    browser = Browser().sign_in(anna)
    form = browser.get("/console/feedback?page=payouts")
    assert "About the page: payouts" in form.text

    given = browser.send("/console/feedback", text=f"  {HOSTILE} ", page="payouts")

    assert given.leads_to == "/console/feedback?outcome=sent"
    shown = Browser().sign_in(person(name="Bert")).get("/console/feedback")
    assert HOSTILE in shown.text
    assert "<script>alert" not in shown.body
    assert anna.person_id in shown.text


def test_feedback_is_short_of_a_known_page_and_of_some_words() -> None:
    browser = Browser().sign_in(person())
    browser.send("/console/feedback", text="x" * (TEXT_MAX + 500), page="//evil.example")
    empty = browser.send("/console/feedback", text="  ")
    shown = browser.get("/console/feedback?page=//evil.example&outcome=evil.example").body

    assert shown.count("x" * TEXT_MAX) == 1
    assert "x" * (TEXT_MAX + 1) not in shown
    assert empty.leads_to == "/console/feedback?page="
    back = 'value="/console/feedback?page=//evil.example&amp;outcome=evil.example"'
    assert "evil" not in shown.replace(back, "")  # where another language leads back to


def test_nobody_gives_more_feedback_within_an_hour_than_so_much() -> None:
    browser = Browser().sign_in(person())
    led = [
        browser.send("/console/feedback", text=f"word {n}").leads_to for n in range(AN_HOUR_MAX + 1)
    ]

    assert led[:-1] == ["/console/feedback?outcome=sent"] * AN_HOUR_MAX
    assert led[-1] == "/console/feedback?outcome=too_many"
    assert f"word {AN_HOUR_MAX}" not in browser.get("/console/feedback").text
    other = Browser().sign_in(person(name="Bert"))
    assert other.send("/console/feedback", text="mine").leads_to.endswith("=sent")


def test_no_log_has_the_words_of_feedback(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser().sign_in(person())
    browser.send("/console/feedback", text="Jane Buyer can't pay", page="payments")
    logged = str([vars(one) for one in caplog.records]) + "".join(capfd.readouterr())

    assert "feedback given" in logged
    assert "Jane" not in logged
