"""The events that were reported, as PayPal lists them afterwards, and sending one again."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal.account import DAY_S, Account, copied, link
from infra.fake_gateways.paypal.clocks import seconds, written
from infra.fake_gateways.paypal.errors import malformed, missing

KEPT_S = 30 * DAY_S
PATH = "/v1/notifications/webhooks-events"


def listed(account: Account, query: Body) -> Body:
    """Return a page of the events of a time, the newest first, with a link to the next page."""
    oldest = account.now() - KEPT_S
    try:
        start = seconds(query["start_time"]) if "start_time" in query else oldest
        end = seconds(query["end_time"]) if "end_time" in query else account.now()
        size, at = int(query.get("page_size", 10)), int(query.get("start_id", 0))
    except ValueError as error:
        raise malformed("VALIDATION_ERROR", "start_time") from error
    found = [
        event
        for event in reversed(account.events)
        if max(start, oldest) <= seconds(event["create_time"]) <= end
    ]
    shown = [copied(event) for event in found[at : at + size]]
    times = f"start_time={written(start)}&end_time={written(end)}&page_size={size}"
    links = [link("self", f"{PATH}?{times}")]
    if at + size < len(found):
        links.append(link("next", f"{PATH}?{times}&start_id={at + size}"))
    return {"events": shown, "count": len(shown), "links": links}


def find(account: Account, event_id: str) -> Body:
    """Return an event that was reported."""
    for event in account.events:
        if event["id"] == event_id:
            return event
    raise missing()


def resend(account: Account, event_id: str) -> Body:
    """Send an event again."""
    event = find(account, event_id)
    account.on_event(event)
    return event
