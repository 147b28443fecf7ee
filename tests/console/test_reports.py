"""Reports: editions by period, their documents, and each figure with the postings behind it."""

import pytest

from functions.build_report.app import lambda_handler as build
from kassa.archive.archive_facts import archive_facts
from kassa.messages.settings.message_settings import MessageSettingsDraft
from kassa.messages.settings.save_settings import save_settings
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.people.persons import Role
from tests.support.aws_stack import NOW, Context
from tests.support.console_pages import OPERATOR, Browser, person
from tests.support.console_pages import opened as opened
from tests.support.facts import captured

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
DAY = str(NOW.date())
PATH = f"/console/reports/daily/{DAY}"


@pytest.fixture
def reader() -> Browser:
    return Browser().sign_in(person(Role.READER))


@pytest.fixture
def built(opened: None) -> None:
    """Build a report of the day so far, of two payments."""
    archive_facts([captured("pi_1", NOW, (100_00, "EUR")), captured("pi_2", NOW, (50_00, "EUR"))])
    build({"day": DAY}, Context())  # type: ignore[arg-type]


def test_without_any_it_says_when_one_comes(reader: Browser) -> None:
    shown = reader.get("/console/reports")

    assert "within two hours of the period's end" in shown.text
    assert "kassa report due" in shown.text
    assert "Nobody was named for reports." in shown.text


@pytest.mark.usefixtures("built")
def test_editions_are_listed_by_period_each_with_how_it_stands(reader: Browser) -> None:
    shown = reader.get("/console/reports")

    assert PATH in shown.body
    assert "Preliminary" in shown.text
    assert PATH not in reader.get("/console/reports?period=monthly").body


@pytest.mark.usefixtures("built")
def test_an_edition_shows_its_figures_and_opens_its_documents(reader: Browser) -> None:
    shown = reader.get(PATH)

    assert "150.00 EUR" in shown.text
    assert f"{PATH}/gross?currency=EUR" in shown.body
    assert "report.html?" in shown.body  # a link that is signed
    assert "X-Amz-Signature" in shown.body or "Signature=" in shown.body
    assert "Forecast" in shown.text
    assert len(shown.body.encode()) < HTML_MAX


@pytest.mark.usefixtures("built")
def test_a_figure_leads_to_the_payments_that_it_is_the_sum_of(reader: Browser) -> None:
    shown = reader.get(f"{PATH}/gross?currency=EUR")

    assert "Gross · 150.00 EUR" in shown.text
    assert "customers → gateway, in clearing" in shown.text
    for payment_id in ("pi_1", "pi_2"):
        assert f"/console/payments/stripe/main/{payment_id}" in shown.body


@pytest.mark.usefixtures("built")
def test_what_there_is_no_report_of_is_a_page_that_says_so(reader: Browser) -> None:
    for path, status in (
        (f"{PATH}/gross?currency=XXX", 400),
        (f"{PATH}/turnover", 400),
        (f"{PATH}/gross?cursor=x", 400),
        (f"{PATH}/gross?gateway=nobody", 400),
        ("/console/reports/daily/2026-11-20", 404),
        ("/console/reports/daily/2026-11-20/gross", 404),
        ("/console/reports/daily/yesterday", 400),
        (f"/console/reports/yearly/{DAY}", 404),
        ("/console/reports?period=yearly", 404),
        ("/console/reports?cursor=x", 400),
    ):
        assert reader.get(path).status == status, path


def test_who_gets_reports_by_mail_stands_there(reader: Browser) -> None:
    to = {"to": ["boss@shop.example"], "periods": ["monthly"], "reports": ["summary", "fees"]}
    save_settings(
        MessageSettingsDraft.model_validate({"reports": [to]}), "main", OPERATOR, lambda: 9.0
    )
    shown = reader.get("/console/reports")

    assert "Months Fees, Summary boss@shop.example" in shown.text


def test_finance_says_who_gets_which_reports_by_mail(reader: Browser) -> None:
    finance = Browser().sign_in(person(Role.FINANCE, name="Bert"))
    before = MessageSettingsDraft.model_validate({"mails_a_day": 7})
    save_settings(before, "main", OPERATOR, lambda: 9.0)
    form = {"to": "boss@shop.example, cfo@shop.example", "periods-monthly": "yes"}
    added = finance.send("/console/reports/add-mail", **form, **{"reports-fees": "yes"})
    assert added.leads_to == "/console/reports"

    shown = reader.get("/console/reports")
    assert "Months Fees boss@shop.example, cfo@shop.example" in shown.text
    assert "remove-mail" not in shown.body
    saved = SettingsVersions("main").newest()
    assert (saved.version, saved.mails_a_day) == (2, 7)

    line = "boss@shop.example cfo@shop.example | monthly | fees"
    assert f'value="{line}"' in finance.get("/console/reports").body
    finance.send("/console/reports/remove-mail", line=line)
    finance.send("/console/reports/remove-mail", line=line)
    assert SettingsVersions("main").newest().reports == ()


@pytest.mark.parametrize(
    "form",
    [
        {"to": "", "periods-daily": "yes", "reports-summary": "yes"},
        {"to": "boss", "periods-daily": "yes", "reports-summary": "yes"},
        {"to": "boss@shop.example", "reports-summary": "yes"},
        {"to": "boss@shop.example", "periods-daily": "yes"},
        {"to": "boss@shop.example", "periods-daily": "yes", "reports-none": "yes"},
    ],
)
def test_a_line_of_the_mail_list_that_can_t_be_is_refused(form: dict[str, str]) -> None:
    finance = Browser().sign_in(person(Role.FINANCE))

    assert finance.send("/console/reports/add-mail", **form).status == 400
    assert SettingsVersions("main").newest().reports == ()
