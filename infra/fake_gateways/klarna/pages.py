"""Payment sessions and their hosted pages; a page that is paid places and captures its order."""

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.klarna import orders
from infra.fake_gateways.klarna.account import CURRENCIES, Account, Notice, amount, short_text
from infra.fake_gateways.klarna.errors import Refusal, bad_value, no_such

_FINAL = ("COMPLETED", "FAILED", "DISABLED")
_MODES = ("PLACE_ORDER", "CAPTURE_ORDER", "NONE")


def create_session(account: Account, unused: str, params: Body) -> Body:
    """Begin a payment: its amount must be what its lines add up to."""
    _check_purchase(params)
    minor = amount(params, "order_amount", least=0)
    lines = params.get("order_lines")
    if not isinstance(lines, list) or not lines:
        raise bad_value("order_lines", "missing")
    for line in lines:
        if line["quantity"] * line["unit_price"] != line["total_amount"]:
            raise bad_value("order_lines", "quantity * unit_price is not total_amount")
    if sum(line["total_amount"] for line in lines) != minor:
        raise bad_value("order_amount", "not the sum of its lines")
    for name in ("merchant_reference1", "merchant_reference2"):
        short_text(params, name)
    session_id = account.new_id()
    account.sessions[session_id] = params | {"session_id": session_id}
    categories = [{"identifier": "pay_later", "name": "Pay later"}]
    created = {"session_id": session_id, "client_token": session_id}
    return created | {"payment_method_categories": categories}


def _check_purchase(params: Body) -> None:
    for name in ("purchase_country", "purchase_currency"):
        if not isinstance(params.get(name), str) or not params[name].isalpha():
            raise bad_value(name, "missing")
    if params["purchase_currency"] not in CURRENCIES:
        raise bad_value("purchase_currency", "no country's own that Klarna serves")


def create_page(account: Account, unused: str, params: Body) -> Body:
    """Open a hosted page for a payment session."""
    session_id = str(params.get("payment_session_url", "")).rpartition("/")[2]
    if session_id not in account.sessions:
        raise no_such("payment session", session_id)
    mode = (params.get("options") or {}).get("place_order_mode", "NONE")
    if mode not in _MODES:
        raise bad_value("place_order_mode", "unknown")
    page_id = account.new_id()
    lifecycles_s = account.switches.page_lives_s
    account.pages[page_id] = {
        "session_id": page_id,
        "status": "WAITING",
        "updated_at": account.at(),
        "expires_at": account.at(lifecycles_s),
        "payment_session": session_id,
        "place_order_mode": mode,
        "merchant_urls": params.get("merchant_urls") or {},
    }
    account.schedule.later(lifecycles_s, lambda: account.pages.pop(page_id, None))
    return {
        "session_id": page_id,
        "session_url": f"/hpp/v1/sessions/{page_id}",
        "redirect_url": f"{account.switches.pages}{page_id}",
        "expires_at": account.pages[page_id]["expires_at"],
    }


def read_page(account: Account, page_id: str, params: Body) -> Body:
    """Report how a page stands; an expired one is gone."""
    fields = ("session_id", "status", "updated_at", "expires_at", "order_id", "klarna_reference")
    page = _page(account, page_id)
    return {name: page[name] for name in fields if name in page}


def disable_page(account: Account, page_id: str, params: Body) -> None:
    """Close a page that isn't paid."""
    page = _page(account, page_id)
    if page["status"] == "COMPLETED":
        raise Refusal("BAD_REQUEST", "The session is completed.", 400)
    _become(account, page, "DISABLED")


def finish(account: Account, page_id: str, outcome: str) -> Body:
    """Let a customer pay on a page, be declined, or come too late."""
    page = _page(account, page_id)
    if outcome == "expired":
        del account.pages[page_id]
        return {"order_id": None}
    if outcome not in ("paid", "declined"):
        raise bad_value("outcome", "paid, declined or expired")
    if page["status"] in _FINAL:
        raise Refusal("BAD_REQUEST", f"The session is {page['status']}.", 400)
    if page["status"] == "WAITING":
        _become(account, page, "IN_PROGRESS")
    if outcome == "paid":
        order = orders.place(account, account.sessions[page["payment_session"]])
        page |= {"order_id": order["order_id"], "klarna_reference": order["klarna_reference"]}
        if page["place_order_mode"] == "CAPTURE_ORDER" and order["fraud_status"] == "ACCEPTED":
            whole = {"captured_amount": order["order_amount"]}
            orders.capture(account, order["order_id"], whole)
    _become(account, page, "COMPLETED" if outcome == "paid" else "FAILED")
    return {"order_id": page.get("order_id")}


def decide_fraud(account: Account, order_id: str, fraud_status: str) -> Body:
    """Decide on a pending order, and call back where its session requested it."""
    order = orders.decide_fraud(account, order_id, fraud_status)
    page = next((p for p in account.pages.values() if p.get("order_id") == order_id), None)
    session = account.sessions[page["payment_session"]] if page else {}
    if url := (session.get("merchant_urls") or {}).get("notification"):
        body = {"order_id": order_id, "event_type": f"FRAUD_RISK_{fraud_status}"}
        account.notify(Notice(f"fraud:{order_id}", body, url))
    return order


def _page(account: Account, page_id: str) -> Body:
    if page_id not in account.pages:
        raise no_such("session", page_id)
    return account.pages[page_id]


def _become(account: Account, page: Body, status: str) -> None:
    """Change a page's status and call its URL back, unsigned, with the placeholders filled in."""
    page |= {"status": status, "updated_at": account.at()}
    url = page["merchant_urls"].get("status_update")
    if not url:
        return
    for name in ("session_id", "order_id", "klarna_reference"):
        url = url.replace("{{" + name + "}}", page.get(name, ""))
    event_id = account.new_id()
    body = {"event_id": event_id, "session": read_page(account, page["session_id"], {})}
    account.notify(Notice(event_id, body, url))
