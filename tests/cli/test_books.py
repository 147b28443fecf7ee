"""`kassa events`, `payments` and `report`, on books that the real handlers wrote."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from kassa.gateways.events import Delivery
from tests.support import stripe_events as s
from tests.support.aws_stack import FakeClock
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.queue_batches import batch

CAPTURED = s.event("charge.succeeded", s.charge(), "evt_1")
SUCCEEDED = s.event("payment_intent.succeeded", s.payment_intent(), "evt_2")
REFUNDED_10 = s.event("refund.updated", s.refund(), "evt_3")
UNKNOWN = s.event("customer.created", {"id": "cus_1", "object": "customer"}, "evt_4")


def test_events_are_listed_newest_first_with_their_facts(
    console: Console, fake_clock: FakeClock
) -> None:
    for body in (CAPTURED, REFUNDED_10, UNKNOWN):
        console.book(body)
        fake_clock.at += timedelta(seconds=1)

    lines = console.run("events", "list").stdout.splitlines()

    starts = [at for at, line in enumerate(lines) if "evt_" in line]
    rows = [lines[at].split()[1:] + lines[at + 1].split() for at in starts]
    assert rows == [
        ["evt_4", "customer.created", "cus_1", "ignored"],
        ["evt_3", "refund.updated", "pi_1", "RefundSucceeded"],
        ["evt_1", "charge.succeeded", "pi_1", "PaymentCaptured"],
    ]


def test_a_day_without_events_says_so(console: Console) -> None:
    result = console.run("events", "list", "--day", "2020-01-01")

    assert result.exit_code == 0
    assert result.stdout == "No events were booked on 2020-01-01 (UTC).\n"


def test_events_of_a_type_are_collected_over_pages(console: Console, fake_clock: FakeClock) -> None:
    for number in range(7):
        console.book(s.event("payout.paid", s.payout(f"po_{number}"), f"evt_{number}"))
        console.book(s.event("charge.succeeded", s.charge(), f"evt_c{number}"))
        fake_clock.at += timedelta(seconds=1)

    arguments = ("events", "list", "--type", "payout.paid", "--limit", "5")
    found = console.json(*arguments)

    assert [event["event_id"] for event in found] == ["evt_6", "evt_5", "evt_4", "evt_3", "evt_2"]


def test_an_event_shows_what_it_reported_and_what_it_moved(console: Console) -> None:
    console.book(CAPTURED)

    shown = console.run("events", "show", "evt_1").stdout

    assert "charge.succeeded" in shown
    assert "about payment pi_1 of stripe/main" in shown
    assert "100.00 EUR" in shown
    assert "PaymentCaptured" in shown
    assert "customers" in shown
    assert "gateway_clearing" in shown


def test_an_event_is_found_without_its_day_for_two_weeks(
    console: Console, fake_clock: FakeClock
) -> None:
    console.book(CAPTURED)

    fake_clock.at += timedelta(days=13)
    assert console.json("events", "show", "evt_1")["event_id"] == "evt_1"
    fake_clock.at += timedelta(days=1)
    assert "name its day with --day" in console.refused("events", "show", "evt_1")
    assert console.json("events", "show", "evt_1", "--day", "2026-11-21")["version"] == 1


def test_a_resent_event_goes_to_its_queue_byte_for_byte(console: Console) -> None:
    console.book(CAPTURED, SUCCEEDED)

    console.json("events", "resend", "evt_2", "--reread")

    [body] = console.take("EventsQueue")
    resent = Delivery.model_validate_json(body)
    first = Delivery.model_validate_json(batch(SUCCEEDED)["Records"][0]["body"])
    assert resent == first.model_copy(update={"origin": "resend", "reread": True})


def test_a_resent_event_is_booked_once_and_published_again(console: Console) -> None:
    console.book(CAPTURED)
    published = console.made.published()
    console.run("events", "resend", "evt_1")

    console.book(*console.take("EventsQueue"))

    assert [fact["detail"] for fact in console.made.published()] == [
        fact["detail"] for fact in published
    ]


def test_an_unknown_event_cant_be_resent(console: Console) -> None:
    assert "no event evt_9" in console.refused("events", "resend", "evt_9")
    assert console.take("EventsQueue") == []


def test_a_payment_shows_figures_postings_and_events(console: Console) -> None:
    console.book(CAPTURED, SUCCEEDED, REFUNDED_10)

    shown = console.run("payments", "show", "pi_1").stdout

    assert "order order-1" in shown
    for figure in ("100.00 EUR", "10.00 EUR", "90.00 EUR"):
        assert figure in shown
    for word in ("charge by card", "RefundSucceeded", "refund.updated", "gateway_clearing"):
        assert word in shown


def test_a_waiting_payment_says_what_it_waits_for(console: Console) -> None:
    console.book(REFUNDED_10)

    assert (
        "waits for another event, or a person: re_1"
        in console.run("payments", "show", "pi_1").stdout
    )


def test_a_payments_json_is_the_apis(console: Console) -> None:
    console.book(CAPTURED)

    payment = console.json("payments", "show", "pi_1")

    assert set(payment) == {"state", "postings", "events"}
    assert payment["state"]["headroom"] == {"amount_minor": 100_00, "currency": "EUR"}


@pytest.mark.parametrize("arguments", [["pi_9"], ["pi_1", "--account", "asia"]])
def test_an_unknown_payment_is_reported_in_one_line(console: Console, arguments: list[str]) -> None:
    console.book(CAPTURED)

    line = console.refused("payments", "show", *arguments)
    account = arguments[2] if arguments[2:] else "main"
    assert f"no payment {arguments[0]} is booked at stripe/{account}" in line


def test_a_report_is_built_and_its_documents_lie_here(console: Console, tmp_path: Path) -> None:
    result = console.run("report", "daily", "2026-11-20", "--to", str(tmp_path / "out"))

    assert result.exit_code == 0, result.output
    assert "Nothing moved on this day." in result.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"report.html", "report.csv", "report.json", "report.xlsx"}
    with (tmp_path / "out" / "report.csv").open(encoding="utf-8-sig") as file:
        assert next(csv.reader(file))[0] == "day"


def test_only_the_requested_format_is_brought(console: Console, tmp_path: Path) -> None:
    arguments = ("report", "daily", "2026-11-20", "--to", str(tmp_path / "out"), "--format", "csv")
    built = console.json(*arguments)

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.csv"]
    assert built["report"]["period"]["day"] == "2026-11-20"
    assert list(built["paths"]) == ["report.csv"]


def test_a_report_goes_where_make_run_lays_it_unless_set_otherwise(
    console: Console, tmp_path: Path
) -> None:
    console.json("report", "daily", "2026-11-20")

    folder = tmp_path / "output" / "reports" / "main" / "daily" / "2026-11-20"
    assert (folder / "report.html").exists()


def test_a_day_before_the_books_began_has_no_report(console: Console) -> None:
    line = console.refused("report", "daily", "2020-01-01")

    assert line.startswith("kassa: there is no report of 2020-01-01: the books begin on 2026-11-20")
    kept = boto3.client("s3").list_objects_v2(Bucket=console.operated.bucket, Prefix="reports/")
    assert kept["KeyCount"] == 0


@pytest.mark.parametrize(("period", "name"), [("weekly", "2026-W47"), ("monthly", "2026-11")])
def test_a_week_and_a_month_are_built_by_their_names(
    console: Console, tmp_path: Path, period: str, name: str
) -> None:
    result = console.run("report", period, name)

    assert f"Transaction summary of {name}" in result.stdout
    folder = tmp_path / "output" / "reports" / "main" / period / name
    assert (folder / "report.html").exists()
    assert console.run("report", period, "2026-11-20").exit_code == 2


def test_a_day_that_has_not_begun_is_refused_with_the_functions_reason(console: Console) -> None:
    assert "has not begun" in console.refused("report", "daily", "2026-12-24")


def test_a_report_is_typeset_on_request_as_one_document_of_all_reports(
    console: Console, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    wanted = ("--to", out, "--report", "fees", "--format", "pdf", "--format", "csv")
    built = console.json("report", "daily", "2026-11-20", *wanted)

    assert list(built["paths"]) == ["fees.csv", "report.pdf"]
    assert (tmp_path / "out" / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_an_unknown_format_is_refused(console: Console) -> None:
    result = console.run("report", "daily", "2026-11-20", "--format", "docx")

    assert result.exit_code == 2
    assert "html" in result.stderr
    assert console.functions.invoked == []


def test_a_day_that_is_no_day_is_a_usage_error(console: Console) -> None:
    assert console.run("report", "daily", "21.11.2026").exit_code == 2


def test_without_a_stack_every_command_says_what_to_do(console: Console, tmp_path: Path) -> None:
    (tmp_path / "stack.json").unlink()

    for arguments in (
        ["events", "list"],
        ["payments", "show", "pi_1"],
        ["report", "daily", "2026-11-20"],
        ["dlq", "list"],
        ["keys", "list"],
        ["trigger", "stripe", "payout.paid"],
    ):
        assert "make run" in console.refused(*arguments)


def test_amounts_of_every_kind_of_currency_are_written_exactly(console: Console) -> None:
    for number, (minor, currency) in enumerate([(1234567, "jpy"), (1234567, "kwd")]):
        body = s.charge(f"ch_{number}", f"pi_{number}", amount=minor, amount_captured=minor)
        console.book(s.event("charge.succeeded", body | {"currency": currency}, f"evt_{number}"))

    assert "1,234,567 JPY" in console.run("payments", "show", "pi_0").stdout
    assert "1,234.567 KWD" in console.run("payments", "show", "pi_1").stdout


def test_json_of_a_list_is_one_document(console: Console) -> None:
    assert json.loads(console.run("events", "list", "--json").stdout) == []
