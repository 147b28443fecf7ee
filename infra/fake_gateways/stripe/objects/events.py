"""Events and webhook endpoints through the API: what was sent, to whom, and whether it arrived."""

from collections.abc import Iterator

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import DAY_S, Account
from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.api.listing import page
from infra.fake_gateways.stripe.api.parameters import Params, boolean, metadata, required, text
from infra.fake_gateways.stripe.api.parameters import listed as listed_texts

KEPT_S = 30 * DAY_S


def listed(account: Account, unused: str, params: Params) -> Body:
    """Return a page of the last thirty days' events, of some types or deliveries alone."""
    named = text(params, "type")
    types = listed_texts(params, "types") or ([named] if named else None)
    success = params.get("delivery_success")
    is_delivered = None if success in (None, "") else boolean(params, "delivery_success")
    oldest = account.now_s() - KEPT_S

    def rows() -> Iterator[Body]:
        for event in reversed(account.kinds["event"].values()):
            is_named = types is None or any(_names(one, event["type"]) for one in types)
            arrived = event["pending_webhooks"] == 0
            if event["created"] >= oldest and is_named and is_delivered in (None, arrived):
                yield event

    return page(account, "event", rows(), params)


def _names(pattern: str, event_type: str) -> bool:
    """Return whether a type is meant; `charge.*` names a group."""
    return pattern in ("*", event_type) or (
        pattern.endswith(".*") and event_type.startswith(pattern[:-1])
    )


def delivered(account: Account, event_id: str) -> None:
    """Note that an event arrived everywhere."""
    account.kinds["event"][event_id]["pending_webhooks"] = 0


def create_endpoint(account: Account, unused: str, params: Params) -> Body:
    """Register where webhooks go; the secret is shown this once."""
    url, enabled = str(required(params, "url")), listed_texts(params, "enabled_events")
    if not url.startswith(("http://", "https://")):
        raise Refusal("Invalid URL", "url_invalid", "url")
    if not enabled:
        raise Refusal("Missing required param: enabled_events.", "parameter_missing")
    endpoint: Body = {
        "id": account.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": account.now_s(),
        "description": text(params, "description"),
        "enabled_events": enabled,
        "livemode": account.switches.livemode,
        "metadata": metadata(params),
        "status": "enabled",
        "url": url,
    }
    account.add(endpoint)
    account.secrets[endpoint["id"]] = [f"whsec_{account.source.getrandbits(160):040x}"]
    return endpoint | {"secret": account.secrets[endpoint["id"]][0]}


def delete_endpoint(account: Account, endpoint_id: str, params: Params) -> Body:
    """Send nothing there any more."""
    account.find("webhook_endpoint", endpoint_id)
    for kept in (account.kinds["webhook_endpoint"], account.objects, account.secrets):
        kept.pop(endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def is_subscribed(endpoint: Body, event: Body) -> bool:
    """Return whether an endpoint requested an event."""
    if endpoint["status"] != "enabled":
        return False
    return any(_names(one, event["type"]) for one in endpoint["enabled_events"])
