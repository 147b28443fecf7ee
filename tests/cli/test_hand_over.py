"""`kassa invoices hand-over`: an archive for a bookkeeper, built and verified."""

import io
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from functions.generate_invoice.app import lambda_handler as generate_invoice
from kassa.platform import aws
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.handovers import Office
from tests.support.invoices import fact_batch, order_captured

THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)


@pytest.fixture
def shop(console: Console, stack: Stack, fake_clock: FakeClock) -> Console:
    """Have two invoices of November, in December."""
    aws.install({})
    generate_invoice(fact_batch(order_captured(1), order_captured(2)), Context())
    fake_clock.at = THIRD
    return console


def handed_over(shop: Console, folder: Path) -> Path:
    command = ("invoices", "hand-over", "--month", "2026-11", "--output", str(folder))
    result = shop.run(*command)
    assert result.exit_code == 0, result.output
    return folder / "main-2026-11.zip"


def test_an_archive_is_verified_without_a_stack(
    shop: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = handed_over(shop, tmp_path)
    monkeypatch.setenv("KASSA_STATE", str(tmp_path / "nowhere.json"))
    aws.install({"dynamodb": None, "s3": None})
    result = shop.run("invoices", "hand-over", "verify", str(file))

    assert result.exit_code == 0, result.output
    first, second, third = result.stdout.splitlines()
    assert first == "The hand-over is whole: 2026-11 of main."
    assert second == "2 documents, 7 files compared."
    assert third.startswith("Manifest: ")


def test_it_is_the_very_archive_that_the_schedule_built(
    shop: Console, stack: Stack, fake_clock: FakeClock, tmp_path: Path
) -> None:
    office = Office(stack, fake_clock)
    office.fire(THIRD)

    assert handed_over(shop, tmp_path).read_bytes() == office.bytes_of("2026-11")
    assert not [*tmp_path.glob(".*")]


def test_what_was_changed_ends_with_1_and_what_is_none_with_2(
    shop: Console, tmp_path: Path
) -> None:
    file = handed_over(shop, tmp_path)
    body = file.read_bytes()
    with ZipFile(io.BytesIO(body)) as archive:
        at = archive.getinfo("documents/2026-00000002.pdf").header_offset + 100
    file.write_bytes(body[:at] + b"X" + body[at + 1 :])
    result = shop.run("invoices", "hand-over", "verify", str(file))
    assert result.exit_code == 1
    assert "documents/2026-00000002.pdf was changed." in result.stdout
    answer = shop.json_of(1, "invoices", "hand-over", "verify", str(file))
    assert answer["wrong"] == ["documents/2026-00000002.pdf was changed"]

    file.write_bytes(b"%PDF")
    assert shop.run("invoices", "hand-over", "verify", str(file)).exit_code == 2
    assert shop.run("invoices", "hand-over", "verify", str(tmp_path / "none")).exit_code == 2


def test_what_lacks_is_said_when_it_is_built_and_when_it_is_verified(
    shop: Console, stack: Stack, tmp_path: Path
) -> None:
    key = "invoices/main/2026/2026-00000001.pdf"
    aws.client("s3").delete_object(Bucket=stack.bucket, Key=key)
    built = shop.run("invoices", "hand-over", "--month", "2026-11", "--output", str(tmp_path))
    found = shop.run("invoices", "hand-over", "verify", str(tmp_path / "main-2026-11.zip"))

    assert "It lacks 2026-00000001.pdf: missing from the bucket." in built.stdout
    assert "it lacks 2026-00000001.pdf: missing from the bucket." in found.stdout
    assert found.exit_code == 1


def test_a_month_that_goes_on_is_refused_in_one_line_and_leaves_no_file(
    shop: Console, tmp_path: Path
) -> None:
    line = shop.refused("invoices", "hand-over", "--month", "2026-12", "--output", str(tmp_path))

    assert line == "kassa: month 2026-12: it isn't over before 2027-01-01 (UTC)"
    assert not [*tmp_path.glob("*.zip*"), *tmp_path.glob(".*")]
    assert shop.run("invoices", "hand-over").exit_code == 2
