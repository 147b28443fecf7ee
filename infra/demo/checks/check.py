"""What must be so after the demo; says what isn't."""

from infra.demo.checks.books import book_problems
from infra.demo.checks.documents import document_problems
from infra.demo.checks.gateways import truth_problems
from infra.demo.checks.orders import order_problems
from infra.demo.checks.refunds import refund_problems
from infra.demo.result import Result


def problems(result: Result) -> list[str]:
    """Return everything that isn't as it must be; nothing is wrong when it is empty."""
    return [*money_problems(result), *document_problems(result)]


def money_problems(result: Result) -> list[str]:
    """Return what isn't as it must be with orders, refunds, money, or the queues."""
    found = [problem for one in result.orders for problem in order_problems(one)]
    found += [*refund_problems(result), *book_problems(result)]
    for gateway, of_gateway in truth_problems(result).items():
        found += [f"{gateway} {problem}" for problem in of_gateway]
    found += webhook_problems(result)
    found += [f"{name} holds {n} messages" for name, n in result.unfinished.items() if n]
    return found


def webhook_problems(result: Result) -> list[str]:
    """Return what isn't as it must be with webhooks: every fact once, signed, the same bytes."""
    if result.received is None:
        return []
    missing = {fact.metadata.fact_id for fact in result.books.facts} - set(result.received.facts)
    found = [f"webhooks: {fact_id} was never told" for fact_id in sorted(missing)]
    if result.received.unverified or result.received.differing:
        found.append("webhooks: some weren't signed, or came again as something else")
    return found
