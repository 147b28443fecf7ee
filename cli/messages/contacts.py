"""`kassa messages suppressions, resubscribe`: addresses that get no more, and that may again."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.listing import Cursor, Limit, Listing, Shown, Start, show_list
from cli.output import AsJson, in_one_line, instant, say
from kassa.messages.contacts.addresses import address_digest
from kassa.messages.contacts.contact import Suppression
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from kassa.platform.settings import settings

app = typer.Typer(no_args_is_help=True, help="Addresses that get no more messages: list, lift.")
commands = typer.Typer()

Address = Annotated[
    str, typer.Argument(help="A mail address or phone number; or its digest, as a list names it.")
]
_DIGEST_LENGTH = 64


@app.command("list")
@in_one_line
def listed(limit: Limit = 50, cursor: Cursor = None, as_json: AsJson = False) -> None:
    """List the addresses that bounced or complained, by their digests; newest first."""
    connect_as_merchant()
    read = ContactStore(settings().merchant_id).suppressions
    shown = Shown("suppressions", _listing, "No address is held back.")
    show_list(read, Start(limit, cursor), shown, as_json)


@app.command("lift")
@in_one_line
def lift(address: Address) -> None:
    """Write to an address again, as when its owner mended the mailbox."""
    connect_as_merchant()
    ContactStore(settings().merchant_id).lift(_digest(address), operator())
    say("It is written to again.")


@commands.command("resubscribe")
@in_one_line
def resubscribe(address: Address, category: Category) -> None:
    """Send an address messages of a category again, as its owner wished."""
    connect_as_merchant()
    ContactStore(settings().merchant_id).resubscribe(_digest(address), category, operator())
    say(f"It gets {category} messages again.")


def _digest(address: str) -> str:
    is_digest = len(address) == _DIGEST_LENGTH and set(address) <= set("0123456789abcdef")
    return address if is_digest else address_digest(settings().merchant_id, address)


def _listing(found: Sequence[Suppression]) -> Listing:
    listing = Listing("Suppressions", ["since (UTC)", "because of", "address digest"], [])
    for one in found:
        listing.add_row(instant(one.suppressed_at), one.cause, one.address_digest)
    return listing
