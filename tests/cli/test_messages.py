"""`kassa messages`: settings from a file, a preview, and addresses that are written to again."""

import json
from pathlib import Path

import pytest

from cli.messages import mails
from infra.stack import ROOT
from kassa.audit import store as audit_trail
from kassa.customers.addresses import address_digest
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category, MessageName
from kassa.messages.rendering.mail import MailAddress, MailHeaders, build_mail
from kassa.messages.rendering.render import render
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import sample
from tests.support.aws_stack import NOW, Stack
from tests.support.console import Console
from tests.support.console import console as console

JANE = address_digest("main", "jane@shop.example")


@pytest.fixture
def file(console: Console, stack: Stack, tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text(console.run("messages", "settings", "example").stdout)
    return path


def test_the_example_is_saved_and_shown(console: Console, file: Path) -> None:
    saved = console.run("messages", "settings", "save", str(file))
    shown = console.run("messages", "settings", "show").stdout

    assert saved.exit_code == 0
    assert saved.stdout.startswith("Version 1 is saved; what is sent from now on follows it.\n")
    assert "Sender: Example Shop <shop@shop.example>" in shown
    assert "Quiet hours: 21:00 to 08:00" in shown
    (act,) = (one.content for one in audit_trail.items(NOW.date()))
    assert '"operation":"message_settings.save"' in act
    assert "shop@shop.example" not in act


def test_the_settings_of_the_page_are_saved_as_they_stand_there(
    console: Console, stack: Stack, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "messages.md").read_text()
    path = tmp_path / "settings.yaml"
    path.write_text(page.partition("```yaml\n")[2].partition("```")[0])
    saved = console.run("messages", "settings", "save", str(path))

    assert saved.exit_code == 0, saved.output
    assert SettingsVersions("main").newest().off == {MessageName.PAYMENT_FAILED}


def test_hours_need_no_quotes(console: Console, stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("quiet_hours: {begin: 21:00, end: 08:00}\n")
    console.run("messages", "settings", "save", str(path))

    assert "Quiet hours: 21:00 to 08:00" in console.run("messages", "settings", "show").stdout


def test_a_test_is_sent_to_a_whole_address_alone(console: Console, file: Path) -> None:
    console.run("messages", "settings", "save", str(file))
    refused = console.refused("messages", "send-test", "receipt", "--to", "me")

    assert refused == "kassa: me is no address that mails can be sent to"


def test_before_anybody_saves_nothing_is_sent(console: Console, stack: Stack) -> None:
    assert console.run("messages", "settings", "show").stdout == (
        "Nobody saved any settings: no message is sent.\n"
    )


def test_settings_that_say_the_same_are_not_saved_again(console: Console, file: Path) -> None:
    console.run("messages", "settings", "save", str(file))
    again = console.run("messages", "settings", "save", str(file), "--json")

    assert (json.loads(again.stdout)["is_new"], SettingsVersions("main").newest().version) == (
        False,
        1,
    )


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("sender: {address: 'a@b.example\\nBcc: c@d.example', name: X}", "sender.address"),
        ('sender: {address: a@b.example, name: "X\\r\\nBcc: c"}', "sender.name"),
        ("staff: {invoice: [a@b.example]}", "invoice is a message to customers"),
        ("channels: {dispute_opened: [text]}", "dispute_opened goes to staff"),
        ("channels: {invoice: [webhook]}", "by mail, by text or by both"),
        ("quiet_hours: {begin: '21:00', end: '21:00'}", "quiet_hours"),
        ("time_zone: Mars/Olympus", "time_zone"),
        ("of: [payment_failed]", "of"),
        ("words: {en: {refund_paid: {subject: '{{ secrets }}'}}}", "en.refund_paid"),
    ],
)
def test_what_is_mistyped_is_named_by_its_field(
    console: Console, stack: Stack, tmp_path: Path, line: str, named: str
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(line + "\n")
    refused = console.run("messages", "settings", "save", str(path))

    assert refused.exit_code == 1
    assert named in refused.output
    assert SettingsVersions("main").newest().version == 0


def test_a_preview_is_a_page_in_its_reader_s_language(console: Console, stack: Stack) -> None:
    shown = console.run("messages", "preview", "refund_paid", "--language", "fi")
    _subject, path, text = shown.stdout.splitlines()

    page = Path(path).read_text()
    assert shown.exit_code == 0
    assert "Kauppa Oy" in page
    assert Path(text).read_text()


def test_a_preview_in_a_language_that_there_is_none_of_says_so(
    console: Console, stack: Stack
) -> None:
    shown = console.run("messages", "preview", "receipt", "--language", "de").stdout
    assert shown.splitlines()[-1] == "there is nothing in de: shown in en"


def test_the_newest_mail_is_shown_with_its_text(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = list[str]()
    monkeypatch.setattr(mails, "output_folder", lambda: tmp_path)
    monkeypatch.setattr(mails.webbrowser, "open", opened.append)
    rendered = render("receipt", sample("receipt"), "fi", Brand(name="Kauppa Oy"))
    headers = MailHeaders(delivery_id="dl_1", sent_at=NOW)
    shop, jane = MailAddress(email="shop@example.com"), MailAddress(email="jane@example.com")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "0001.eml").write_bytes(build_mail(rendered, shop, jane, headers))
    shown = console.run("messages", "open").stdout

    assert shown.startswith(f"To: jane@example.com\nSubject: {rendered.subject}\n")
    assert all(line in shown for line in rendered.text.splitlines())
    assert opened == [(tmp_path / "mail" / "0001.html").as_uri()]


def test_an_address_that_is_lifted_is_written_to_again(console: Console, stack: Stack) -> None:
    ContactStore("main").suppress(JANE, Cause.BOUNCE, NOW)
    listed = json.loads(console.run("messages", "suppressions", "list", "--json").stdout)
    table = console.run("messages", "suppressions", "list").stdout
    lift = ("messages", "suppressions", "lift")
    lifted = console.run(*lift, "Jane@Shop.example", "--reason", "the mailbox is mended")

    assert [one["address_digest"] for one in listed["suppressions"]] == [JANE]
    assert JANE in table
    assert lifted.exit_code == 0
    assert ContactStore("main").read(JANE).cause is None
    assert console.run(*lift, JANE, "--reason", "once more").exit_code == 1


def test_a_complaint_is_lifted_only_by_whoever_says_that_it_is_one(
    console: Console, stack: Stack
) -> None:
    ContactStore("main").suppress(JANE, Cause.COMPLAINT, NOW)
    lift = ("messages", "suppressions", "lift", JANE, "--reason", "asked us by phone")

    assert console.run(*lift).exit_code == 1
    assert ContactStore("main").read(JANE).cause is Cause.COMPLAINT
    assert console.json(*lift, "--despite-complaint")["cause"] == "complaint"
    assert ContactStore("main").read(JANE).cause is None


def test_who_wishes_so_gets_reminders_again(console: Console, stack: Stack) -> None:
    ContactStore("main").unsubscribe(JANE, Category.REMINDER, NOW)
    console.run("messages", "resubscribe", "jane@shop.example", "reminder")

    assert ContactStore("main").read(JANE).unsubscribed == frozenset()
