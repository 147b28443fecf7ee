"""What Kassa doesn't do, once: README's section "Limits" is written from here.

`python -m infra.limits` writes it. A limit that is gone is found by its test, which asks the code
(tests/house/test_limits.py), so that README never says less of Kassa than is true, nor more.
"""

import sys
from pathlib import Path
from typing import NamedTuple

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- limits -->", "<!-- /limits -->"


class Limit(NamedTuple):
    """A limit by name, and as README says it."""

    name: str
    says: str


LIMITS = (
    Limit("gateways", "Six gateways, one of them by a mapping of your own."),
    Limit("one merchant", "One merchant a stack, with any number of its accounts at each gateway."),
    Limit(
        "evidence",
        "Kassa books what the gateway says. Disputes are answered at Stripe, PayPal, Klarna and "
        "Adyen; Adyen doesn't say what it has got, so an answer whose reply was lost there stays "
        "unknown until it decides.",
    ),
    Limit(
        "messages",
        "Messages go by SES and End User Messaging alone. No native speaker has read their texts "
        "in six languages.",
    ),
    Limit(
        "real AWS",
        "It has run on emulators, not yet for a merchant on AWS. IAM, throttling and time zones of "
        "the real services are as documented, not as measured; `kassa smoke` asks them.",
    ),
    Limit(
        "invoices",
        "An order whose lines say no tax gets a simple invoice of what was captured, in English or "
        "Japanese, and its refunds no credit notes. Which tax rates apply, people "
        "enter and the shop says.",
    ),
    Limit(
        "bank",
        "`gateway_clearing` shows what balance transactions don't explain; finding out why is a "
        "person's work. Bank statements aren't read.",
    ),
    Limit(
        "console",
        "The console in a browser is young: it doesn't know which balance transactions a payout "
        "paid. No real user pool has let anybody in yet.",
    ),
    Limit(
        "assumed",
        "Some amounts are taken not to change once reported; "
        "[the list](docs/flow.md#what-it-takes-for-granted) is short.",
    ),
)


def written(document: str) -> str:
    """Return a document with its limits as they are; raise ValueError where it has no place."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document has no {BEGIN} … {END}")
    listed = "\n".join(f"- {limit.says}" for limit in LIMITS)
    return f"{before}{BEGIN}\n\n{listed}\n\n{END}{after}"


def main() -> int:
    """Write README's section."""
    README.write_text(written(README.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
