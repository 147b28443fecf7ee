"""A server's model of what sends no webhooks, has no pages, and knows no idempotency keys."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.pages import Page


class ServedAlone:
    """What the router asks of every model, answered for one that only takes requests."""

    @contextmanager
    def executing(self, headers: Mapping[str, str]) -> Iterator[None]:
        """Hold nothing: what comes twice at once is taken twice at once."""
        yield

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Return that no key is held."""
        return False

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer what is never asked."""
        return Answer(409, {})

    def run_due(self) -> int:
        """Do nothing by itself."""
        return 0

    def page(self, checkout_id: str) -> Page | None:
        """Return no page."""
        return None

    def serve_pages(self, address: str) -> None:
        """Do nothing: it has no pages."""
