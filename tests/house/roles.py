"""What a module of the layer may touch, by its name: docs/architecture.md's table, for machines.

A module is a rule unless its name says otherwise, so a new one is held to "rules know no AWS" from
its first day. `python -m tests.house.roles` writes that contract's list into pyproject.toml.
"""

import re
from collections import defaultdict

from tests.support.source import KASSA, ROOT

PYPROJECT = ROOT / "pyproject.toml"
RULES, STORE, ROUTES, OPERATION = "rules", "store", "routes", "operation"
VENDOR, PLATFORM, PORT = "vendor", "platform", "port"
VENDORS = {"adyen", "btcpay", "klarna", "manual", "paypal", "standard", "stripe"}
STORES = {
    "files",
    "items",
    "keys",
    "lists",
    "queues",
    "rollups",
    "runs",
    "store",
    "warehouse",
    "writes",
}
VERBS = {
    *(
        "admit",
        "alarm",
        "answer",
        "apply",
        "approve",
        "archive",
        "authorize",
        "begin",
        "bind",
        "book",
        "build",
    ),
    *("charge", "compact"),
    *("check", "close", "create", "decide", "enqueue", "enter", "erase"),
    *("explain", "export", "find", "follow", "gather", "generate", "import", "issue", "keep"),
    "lift",
    *("end", "finish", "give"),
    *("look", "note", "number", "open", "pause", "pay", "preview", "print", "prove", "publish"),
    "pull",
    *(
        "queue",
        "read",
        "rebuild",
        "receive",
        "redeem",
        "refund",
        "replay",
    ),
    *("remind", "resolve", "restore", "resume", "reverse", "route", "save", "send"),
    *("settle", "state", "store", "submit", "sync", "track", "try"),
    *("typeset", "unsubscribe", "void", "wake", "watch", "weigh", "write"),
}
# What a name doesn't say. Ports are where the way out of our own code begins.
NAMED = {
    "archive.imported_rollups": STORE,
    "billing.credit_notes.refund_entries": RULES,
    "billing.typeset.engine": OPERATION,
    "checkout.checkout_steps": OPERATION,
    "checkout.routing.circuit_breaker": STORE,
    "console.cookies": ROUTES,
    "console.render": ROUTES,
    "console.requests": ROUTES,
    "console.screens.registry": ROUTES,
    "console.visit": ROUTES,
    "fact_catalog": PORT,
    "gateways.confirmations": STORE,
    "gateways.dispatch": PORT,
    "gateways.http": PORT,
    "gateways.paypal.certificates.chain": VENDOR,
    "gateways.ports": PORT,
    "gateways.webhooks.parts": PORT,
    "gateways.webhooks.secrets": STORE,
    "http_api.api": ROUTES,
    "http_api.idempotency": STORE,
    "http_api.list_parameters": ROUTES,
    "http_api.refusals": ROUTES,
    "http_api.requests": ROUTES,
    "intake.deliveries": STORE,
    "intake.events_queue": STORE,
    "intake.refused_requests": STORE,
    "partners.registry": PORT,
    "partners.rest.client": VENDOR,
    "partners.rest.push": VENDOR,
    "partners.safe_http": PORT,
    "messages.carriers.dispatch": PORT,
    "messages.compose_message": OPERATION,
    "messages.carriers.ask_carrier": OPERATION,
    "refunds.backtest.past_requests": STORE,
    "refunds.backtest.replay": RULES,
    "refunds.paying.gateway_refund": OPERATION,
    "refunds.paying.steps": OPERATION,
    "refunds.risk.customer_history": STORE,
    "refunds.risk.velocity": STORE,
    "reports.content": PORT,
    "reports.contents": PORT,
    "reports.proof.athena": PORT,
}
_LISTED = re.compile(r'(name = "rules know no AWS.*?source_modules = \[\n)(.*?)(\])', re.S)


def modules() -> list[str]:
    """Return the layer's modules, by their names below kassa."""
    paths = (path.relative_to(KASSA).with_suffix("") for path in KASSA.rglob("*.py"))
    return sorted(".".join(path.parts) for path in paths if path.name != "__init__")


def role(module: str) -> str:
    """Return what a module may touch."""
    return NAMED.get(module) or by_name(module)


def by_name(module: str) -> str:
    """Return what a module's name says that it may touch."""
    *folders, name = module.split(".")
    room = folders[0] if folders else ""
    if room == "platform":
        return PLATFORM
    if room == "gateways" and len(folders) == 2 and folders[1] in VENDORS:
        return VENDOR
    if room == "api" or name.startswith("serve_") or name == "parameters":
        return ROUTES
    if name in STORES or name.endswith(("_store", "_archive")) or "lists" in folders:
        return STORE
    return OPERATION if name.partition("_")[0] in VERBS else RULES


def rules() -> list[str]:
    """Return the contract's list; a folder that holds rules alone stands for all of them."""
    roles = {module: role(module) for module in modules()}
    within: dict[str, set[str]] = defaultdict(set)
    for module, its in roles.items():
        for folder in _folders(module):
            within[folder].add(its)
    whole = {folder for folder, found in within.items() if found == {RULES}}
    named = {
        next((one for one in _folders(module) if one in whole), module)
        for module, its in roles.items()
        if its == RULES
    }
    return sorted(f"kassa.{one}" for one in named)


def _folders(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def with_rules(text: str) -> str:
    """Return pyproject.toml with the list as it should be."""
    lines = "".join(f'  "{one}",\n' for one in rules())
    return _LISTED.sub(lambda found: f"{found[1]}{lines}{found[3]}", text)


if __name__ == "__main__":
    PYPROJECT.write_text(with_rules(PYPROJECT.read_text()))
