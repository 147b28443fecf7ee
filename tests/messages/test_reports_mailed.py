"""Reports mailed to the staff: what the mail says first, of which periods, each report once."""

import json

import pytest

from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, Stack
from tests.support.facts import fact
from tests.support.messages import FakeCarrier, carrier, enveloped, let_out, tell


@pytest.fixture
def ses(stack: Stack) -> FakeCarrier:
    return carrier()


def report_closed(
    stack: Stack, period: str, name: str, days: tuple[str, str], **settings: object
) -> str:
    let_out(staff={"report_ready": ["finance@shop.example"]}, **settings)
    page_key = f"reports/main/{period}/{name}/report.html"
    aws.client("s3").put_object(Bucket=stack.bucket, Key=page_key, Body=b"<p>net 12.90</p>")
    said = {"period": period, "first_day": days[0], "last_day": days[1], "page_key": page_key}
    return enveloped(fact("ReportClosed", name, NOW, (0, "EUR"), **said))


def test_a_closed_report_is_sent_to_the_staff_as_a_page(stack: Stack, ses: FakeCarrier) -> None:
    tell(*[report_closed(stack, "daily", "2026-11-20", ("2026-11-20", "2026-11-20"))] * 2)

    [mail] = ses.read
    [page] = mail.iter_attachments()
    assert (page.get_filename(), page.get_content_type()) == ("report-2026-11-20.html", "text/html")
    assert page.get_content().strip() == "<p>net 12.90</p>"
    said = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "kassa report save 2026-11-20 --document report.pdf" in " ".join(said.split())
    assert "GET /reports/daily/2026-11-20" in " ".join(said.split())
    assert "attached" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "pass" not in said, "on no link that there isn't"


def test_a_report_s_mail_says_first_what_is_left_whether_that_is_normal_and_what_needs_someone(
    stack: Stack, ses: FakeCarrier
) -> None:
    closed = report_closed(stack, "daily", "2026-11-20", ("2026-11-20", "2026-11-20"))
    first = {
        "language": "fi",
        "net": ["Netto: 12,90 EUR. Tilitetty pankkiin: 10,00 EUR"],
        "usual": ["EUR: Tavallisella tasolla"],
        "needs_title": "Mikä vaatii huomiotasi",
        "needs": ["Korttimaksuja epäonnistuu", "Nettoa on vähän", "Kulut nousivat"],
    }
    aws.client("s3").put_object(
        Bucket=stack.bucket, Key="reports/main/daily/2026-11-20/mail.json", Body=json.dumps(first)
    )
    tell(closed, closed)

    [mail] = ses.read
    said = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    at = [said.index(one) for one in (first["net"][0], first["usual"][0], *first["needs"])]
    assert at == sorted(at), "in this order"
    assert at[-1] < said.index("liitteenä"), "before everything else"
    assert "1. Korttimaksuja" in said
    assert mail["Subject"].startswith("Raportti"), "in the report's language"


@pytest.mark.parametrize(("mailed", "mails"), [("", 0), ("daily,monthly", 1), ("weekly", 0)])
def test_a_longer_report_is_mailed_only_where_its_period_is_named(
    stack: Stack, ses: FakeCarrier, monkeypatch: pytest.MonkeyPatch, mailed: str, mails: int
) -> None:
    monkeypatch.setenv("MAILED_REPORTS", mailed)
    settings.cache_clear()
    tell(report_closed(stack, "monthly", "2026-11", ("2026-11-01", "2026-11-30")))
    settings.cache_clear()
    names = [page.get_filename() for mail in ses.read for page in mail.iter_attachments()]
    assert names == ["report-2026-11.html"] * mails


def test_everybody_gets_their_own_reports_of_the_periods_that_are_theirs(
    stack: Stack, ses: FakeCarrier
) -> None:
    # github.com/Mailtrain-org/mailtrain/issues/631, github.com/rilldata/rill/issues/3640: one
    # person in two spellings got two mails; here one, without the reports of the other spelling.
    entered = [
        {"to": ["boss@shop.example"], "periods": ["weekly", "monthly"]},
        {"to": ["Boss@Shop.example", "fees@shop.example"], "periods": ["monthly"],
         "reports": ["fees", "recurring"]},
        {"to": ["today@shop.example"], "periods": ["daily"]},
    ]  # fmt: skip
    closed = report_closed(
        stack, "monthly", "2026-11", ("2026-11-01", "2026-11-30"), reports=entered
    )
    first = {"language": "en", "net": ["Net: 12.90 EUR"], "usual": [], "needs_title": "Needs",
             "needs": ["Look"]}  # fmt: skip
    for name in ("fees.html", "recurring.html", "mail.json"):
        body = json.dumps(first) if name == "mail.json" else f"<p>{name}</p>"
        key = f"reports/main/monthly/2026-11/{name}"
        aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=body)
    tell(closed, closed)

    found = {
        str(mail["To"]): (
            [page.get_filename() for page in mail.iter_attachments()],
            "Net: 12.90" in mail.get_body(("plain",)).get_content(),  # type: ignore[union-attr]
        )
        for mail in ses.read
    }
    others = ["fees-2026-11.html", "recurring-2026-11.html"]
    assert found == {
        "boss@shop.example": ([*others, "report-2026-11.html"], True),
        "fees@shop.example": (others, False),
    }
