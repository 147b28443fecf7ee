"""What `kassa invoices` says to people."""

from pathlib import Path

from rich.markup import escape

from cli.output import say
from kassa.billing.handover.build_handover import Built
from kassa.billing.handover.verification import Verified as VerifiedHandover
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.verification import Verified


def say_void(document: IssuedDocument) -> None:
    """Say who voided a number, when and why."""
    if document.void is None:
        return
    void = document.void
    say(f"[bold]{document.number_printed}[/bold] is void since {void.at:%Y-%m-%d %H:%M:%S} UTC.")
    say(f"By {escape(void.by)}: {escape(void.reason)}")


def say_verified(found: Verified) -> None:
    """Say in a few lines what verifying came to."""
    if found.broken is not None:
        number, what = (escape(_plain(one)) for one in found.broken)
        say(f"[red]The certificate is not whole[/red]: {number} {what}.")
        return
    numbers = f"1 to {found.numbers:,}" if found.numbers else "none yet"
    say(f"[green]The certificate is whole[/green]: series {found.series}, numbers {numbers}.")
    say(f"{found.void:,} void, {found.documents:,} documents compared.")
    if found.unchained:
        say(f"{found.unchained:,} were numbered before the chain began: counted and dated only.")
    say(f"Last hash: {found.last_hash}")


def say_handed_over(path: Path, built: Built) -> None:
    """Say where an archive stands, and what it lacks."""
    say(f"[bold]{escape(str(path))}[/bold]")
    say(f"{built.documents:,} documents of {built.month}, {built.files:,} files with the manifest.")
    for one in built.lacking:
        say(f"[red]It lacks[/red] {one.number}.{one.form}: {one.why}.")
    say(f"Manifest: {built.manifest_sha256}")


def say_handover_verified(found: VerifiedHandover) -> None:
    """Say what is wrong with an archive, or in a few lines what is in it."""
    if not found.is_whole:
        say("[red]The hand-over is not whole[/red]:")
        for one in (*found.wrong, *(f"it lacks {what}" for what in found.lacking)):
            say(f"  {escape(_plain(one))}.")
    else:
        of = escape(_plain(f"{found.month} of {found.merchant_id}"))
        say(f"[green]The hand-over is whole[/green]: {of}.")
        say(f"{found.documents:,} documents, {found.files:,} files compared.")
    say(f"Manifest: {found.manifest_sha256}")


def _plain(text: str) -> str:
    """Return text that can neither begin a line nor steer the terminal."""
    return "".join(one if one.isprintable() else " " for one in text)
