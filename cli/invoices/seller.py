"""`kassa seller`: who sells, as documents name and show it; show it, save it, print an example."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.invoices import drafts
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from infra.unlogged import unlogged
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.seller.save_seller import SavedSeller, save_seller
from kassa.billing.seller.store import seller_of
from kassa.core.errors import EinvoiceRefused
from kassa.core.merchant import Merchant
from kassa.platform.settings import settings

TIME_S = 20.0  # for who else saves at the same time
EXAMPLE = Path(__file__).with_name("seller.yaml")

app = typer.Typer(no_args_is_help=True, help="Who sells: show it, save it, print an example.")

SellerFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="As `kassa seller example` prints one.")
]


@app.command("show")
@in_one_line
def show(as_json: AsJson = False) -> None:
    """Show who sells, as documents name it from now on."""
    connect_as_merchant()
    profile = seller_of(Merchant.from_settings(settings().model_dump()))
    if as_json:
        print_json(profile)
        return
    sentence = "Nobody saved a profile: this is what the stack's settings say."
    if profile.saved_at is not None:
        sentence = f"Version {profile.version}, saved {instant(profile.saved_at)} UTC."
    console().print(sentence, soft_wrap=True)
    for line in _lines(profile):
        say(escape(line))


@app.command("save")
@in_one_line
def save(file: SellerFile, as_json: AsJson = False) -> None:
    """Save who sells as the next version; say what its electronic invoices will lack."""
    connect_as_merchant()
    draft = drafts.seller(file)
    try:
        with unlogged():
            saved = save_seller(draft, settings().merchant_id, operator(), lambda: TIME_S)
    except EinvoiceRefused as refused:
        for one in refused.rules:
            line = f"{one['field']}: {one['advice']} [{one['rule']}]"
            console().print(line, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from refused
    if as_json:
        print_json(saved)
    else:
        _print_saved(saved)


@app.command("example")
def example() -> None:
    """Print a profile to start from, with comments: kassa seller example > seller.yaml."""
    typer.echo(EXAMPLE.read_text(), nl=False)


def _print_saved(saved: SavedSeller) -> None:
    if saved.is_new:
        say(f"Version {saved.profile.version} is saved; documents made from now on have it.")
    else:
        say("The newest version says the same already; nothing was saved.")
    if saved.warnings:
        name = saved.profile.profile_name
        console().print(f"Electronic invoices ({name}) will lack:", style="yellow")
    for one in saved.warnings:
        line = f"  {one.field}: {one.advice} [{one.rule}]"
        console().print(line, markup=False, soft_wrap=True)


def _lines(profile: SellerProfile) -> list[str]:
    """Return what a profile says, a line each."""
    party, address, look = profile.party, profile.party.address, profile.branding
    place = " ".join(filter(None, (address.postal_code, address.city)))
    named = (party.name, party.trading_name, *address.lines, place, address.country)
    endpoint = f"{party.endpoint.scheme}:{party.endpoint.value}" if party.endpoint else None
    logo = f"{look.logo_format.upper()}, {len(look.logo)} bytes" if look.logo else None
    known = {
        "Tax number": party.tax_id,
        "Registration": party.registration_id,
        "Endpoint": endpoint,
        "Accounts": ", ".join(one.account for one in profile.bank_accounts),
        "Electronic invoices": profile.profile_name,
        "Rounding": profile.rounding,
        "Payment terms": f"{profile.payment_terms_days} days",
        "Logo": logo,
        "Footer": look.footer,
    }
    return [*filter(None, named), *(f"{name}: {value}" for name, value in known.items() if value)]
