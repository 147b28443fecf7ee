"""`kassa messages suppressions, resubscribe`: addresses that get no more, and that may again."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.listing import Cursor, Limit, Listing, Shown, Start, show_list
from cli.output import AsJson, in_one_line, instant, print_json, say
from kassa.customers.addresses import digest_named
from kassa.messages.contacts.contact import Suppression
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.contacts.lift_suppression import Lift, lift_suppression
from kassa.messages.kinds import Category
from kassa.platform.settings import settings

app = typer.Typer(no_args_is_help=True, help="Addresses that get no more messages: list, lift.")
commands = typer.Typer()

Address = Annotated[
    str, typer.Argument(help="A mail address or phone number; or its digest, as a list names it.")
]


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
def lift(
    address: Address,
    reason: Annotated[
        str, typer.Option(help="Why. It is kept for good: name nobody.", show_default=False)
    ],
    despite_complaint: Annotated[
        bool, typer.Option("--despite-complaint", help="Its owner asked for messages again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write to an address again, as when its owner mended the mailbox."""
    by = operator(connect_as_merchant())
    lifted = lift_suppression(settings().merchant_id, Lift(address, reason, by, despite_complaint))
    if as_json:
        print_json(lifted)
        return
    say(f"It is written to again; it was held back since {instant(lifted.suppressed_at)} UTC.")
    say("SES may hold it back still: docs/messages.md, 'Writing to an address again'.")


@commands.command("resubscribe")
@in_one_line
def resubscribe(address: Address, category: Category) -> None:
    """Send an address messages of a category again, as its owner wished."""
    by, merchant_id = operator(connect_as_merchant()), settings().merchant_id
    ContactStore(merchant_id).resubscribe(digest_named(merchant_id, address), category, by)
    say(f"It gets {category} messages again.")


def _listing(found: Sequence[Suppression]) -> Listing:
    listing = Listing(
        "Suppressions", ["since (UTC)", "because of", "address digest"], ["address digest"]
    )
    for one in found:
        listing.add_row(instant(one.suppressed_at), one.cause, one.address_digest)
    return listing
