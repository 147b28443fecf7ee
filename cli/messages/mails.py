"""`kassa messages preview, open, send-test`: what a message looks like, and whether it arrives."""

import webbrowser
from email import message_from_bytes
from email.policy import default
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.output import in_one_line, say
from cli.stack import give_up, output_folder
from kassa.billing.seller.store import find_seller
from kassa.core.merchant import Merchant
from kassa.messages.rendering.mail import MailAddress, MailHeaders, build_mail
from kassa.messages.rendering.render import Rendered, render
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import sample
from kassa.messages.templates.texts import TEXT_NAMES, message_of
from kassa.platform import clock
from kassa.platform.settings import settings

commands = typer.Typer()
TEST_ID = "test"

Message = Annotated[
    str, typer.Argument(metavar="MESSAGE", help="Such as refund_paid, or invoice.due.")
]
Language = Annotated[str, typer.Option(help="As a BCP 47 tag.")]


@commands.command("preview")
@in_one_line
def preview(
    message: Message,
    language: Language = "en",
    is_opened: Annotated[bool, typer.Option("--open", help="Show it.")] = False,
) -> None:
    """Write a message of yours with example data, as its reader sees it."""
    connect_as_merchant()
    rendered = _rendered(message, language)
    path = output_folder() / "previews" / f"{message}.{language}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rendered.html, encoding="utf-8")
    path.with_suffix(".txt").write_text(rendered.text, encoding="utf-8")
    say(f"{rendered.subject}")
    for one in (path, path.with_suffix(".txt")):
        say(str(one))
    if not rendered.language.startswith(language.partition("-")[0]):
        say(f"there is nothing in {language}: shown in {rendered.language}", style="yellow")
    for mistake in rendered.mistakes:
        say(f"your words stand out: {mistake}", style="yellow")
    if is_opened:
        webbrowser.open(path.absolute().as_uri())


@commands.command("open")
@in_one_line
def open_newest() -> None:
    """Show the mail that left this machine's stack last: its text here, its page in a browser."""
    mails = sorted(
        (output_folder() / "mail").glob("*.eml"), key=lambda one: (one.stat().st_mtime_ns, one.name)
    )
    if not mails:
        give_up("no mail has left the stack here: 'make run' sends some")
    mail = message_from_bytes(mails[-1].read_bytes(), policy=default)
    page = mail.get_body(("html", "plain"))
    path = mails[-1].with_suffix(".html")
    path.write_text(page.get_content() if page else "", encoding="utf-8")
    say(f"To: {mail['To']}")
    say(f"Subject: {mail['Subject']}")
    text = mail.get_body(("plain",))
    say("\n" + text.get_content().strip() + "\n" if text else "")
    say(str(mails[-1]))
    say(str(path))
    webbrowser.open(path.absolute().as_uri())


@commands.command("send-test")
@in_one_line
def send_test(
    message: Message,
    to: Annotated[str, typer.Option(help="Your own address.")],
    language: Language = "en",
) -> None:
    """Send yourself a message with example data, through SES."""
    stack = connect_as_merchant()
    sender = SettingsVersions(settings().merchant_id).newest().sender
    if sender is None:
        give_up("nobody said who sends: 'kassa messages settings save FILE'")
    headers = MailHeaders(delivery_id=TEST_ID, sent_at=clock.now())
    named = MailAddress(email=sender.address, name=sender.name)
    try:
        reader = MailAddress(email=to)
    except ValueError:
        give_up(f"{to} is no address that mails can be sent to")
    content = build_mail(_rendered(message, language), named, reader, headers)
    taken = stack.client("sesv2").send_email(
        FromEmailAddress=sender.address,
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": content}},
        ConfigurationSetName=stack.name,
    )
    say(f"SES has taken it as {taken['MessageId']}.")


def _rendered(message: str, language: str) -> Rendered:
    """Return a message of the merchant's with example data, in their words."""
    if message not in TEXT_NAMES:
        give_up(f"there is no message {message}: {', '.join(TEXT_NAMES)}")
    merchant = Merchant.from_settings(settings().model_dump())
    seller, zone = find_seller(merchant), merchant.time_zone
    plain = Brand(name=merchant.name or merchant.merchant_id, time_zone=zone)
    brand = Brand.of_seller(seller.party, seller.branding, zone) if seller else plain
    words = SettingsVersions(merchant.merchant_id).newest().words
    return render(message_of(message), sample(message), language, brand, words)
