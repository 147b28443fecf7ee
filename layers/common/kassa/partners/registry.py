"""Which partners there are: a name, and the module that brings what is connected of it.

The module's `connected(merchant_id)` returns the merchant's partners of that kind. A new one is a
folder and a line here; docs/adding-a-partner.md says what stands in the folder.
"""

from collections.abc import Iterator
from importlib import import_module

from kassa.partners.ports import Partner

PARTNERS = {
    "rest": "kassa.partners.rest.push",
}


def connected(merchant_id: str) -> Iterator[Partner]:
    """Yield every partner that a merchant has connected."""
    for module in PARTNERS.values():
        yield from import_module(module).connected(merchant_id)
