"""What must hold when all is quiet: table and bucket against what was wanted from outside."""

import json
from collections import defaultdict
from hashlib import sha256
from typing import Any

from kassa.billing.numbering.certificate import lines
from kassa.billing.numbering.store import Numbers, kept
from kassa.billing.numbering.verification import verified
from kassa.platform import table
from tests.simulation.numbering import later, owed
from tests.simulation.numbering.world import TABLE, NumberingWorld

Found = dict[str, dict[int, dict[str, Any]]]  # series -> number -> item


def violations(world: NumberingWorld) -> list[str]:
    """Return everything that is wrong now."""
    items = [table.plain(item) for item in world.store.all_items(TABLE)]
    series: Found = defaultdict(dict)
    for item in items:
        if item["SK"] == "INVOICE":
            _, _, name, number = item["PK"].split("#")
            series[name][int(number)] = item
    heads = {item["PK"].split("#")[2]: item for item in items if item["SK"] == "SERIES"}
    return [
        *_gaps(series, heads),
        *_sources(world, series, items),
        *_dates(series),
        *_chains(series, heads),
        *_voids(world, series, items),
        *_documents(world, series),
        *later.violations(items, world.schedule.seen),
        *owed.violations(world.facts, world.published, items),
        *(wrong for name in sorted(heads) for wrong in _certificates(world, name)),
    ]


def _gaps(series: Found, heads: dict[str, Any]) -> list[str]:
    """Invariant 6: the numbers of a series are 1..N, and its head says N."""
    return [
        f"{name} has the numbers {sorted(found)}, counted to {heads[name]['last_number']}"
        for name, found in sorted(series.items())
        if sorted(found) != list(range(1, int(heads[name]["last_number"]) + 1))
    ]


def _sources(world: NumberingWorld, series: Found, items: list[dict[str, Any]]) -> list[str]:
    """Each source has one number, of its kind, and its pointer leads there."""
    given: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, found in series.items():
        for number, item in found.items():
            source = json.loads(item["entry"])["source_id"] if "entry" in item else item["fact_id"]
            given[source].append((name, number))
    pointers = {
        item["PK"].removeprefix("INVOICED#"): (item["series"], int(item["number"]))
        for item in items
        if item["SK"] == "INVOICED"
    }
    prefixes = {"invoice": "", "credit_note": "CN-", "receipt": "RC-"}
    found = [
        f"{source} has the numbers {numbers}, its pointer says {pointers.get(source)}"
        for source, numbers in sorted(given.items())
        if numbers != [pointers.get(source)]
    ]
    found += [f"{source} has no number" for source in sorted(world.sources) if source not in given]
    return found + [
        f"{source} is numbered in {name}"
        for source, kind in sorted(world.sources.items())
        for name, _ in given.get(source, [])
        if name[:-4] != prefixes[kind.value]
    ]


def _issued_on(item: dict[str, Any]) -> str:
    given = json.loads(item["entry"]) if "entry" in item else item
    return str(given["issued_on"])


def _dates(series: Found) -> list[str]:
    dates = {name: [_issued_on(found[n]) for n in sorted(found)] for name, found in series.items()}
    return [f"{name} has falling dates" for name, days in dates.items() if days != sorted(days)]


def _chains(series: Found, heads: dict[str, Any]) -> list[str]:
    """Follow each chain from its beginning, by nothing but hashes."""
    found = []
    for name, numbers in sorted(series.items()):
        texts = [
            item[field]
            for item in numbers.values()
            for field in ("entry", "void_entry")
            if field in item
        ]
        follows: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            follows[json.loads(text)["previous"]].append(text)
        last, length = "0" * 64, 0
        while len(follows[last]) == 1:
            length, last = length + 1, sha256(follows[last][0].encode()).hexdigest()
        if follows[last] or length != len(texts) or heads[name].get("last_hash", "0" * 64) != last:
            found.append(f"{name} has a chain of {length} of its {len(texts)} entries")
    return found


def _voids(world: NumberingWorld, series: Found, items: list[dict[str, Any]]) -> list[str]:
    """What people voided is void, once, for a reason that somebody gave, and audited."""
    found, void = [], 0
    for name, numbers in sorted(series.items()):
        for number, item in sorted(numbers.items()):
            printed = f"{name}-{number:08d}"
            reasons = world.voids.get(printed, set())
            reason = json.loads(item["void_entry"])["reason"] if "void_entry" in item else None
            void += reason is not None
            if (reason not in reasons) if reasons else reason is not None:
                found.append(f"{printed} is void for {reason}, wanted for {sorted(reasons)}")
            if (item["state"] == "void") != (reason is not None):
                found.append(f"{printed} is {item['state']}, and its void says {reason}")
    acts = [item for item in items if "invoice.void" in str(item.get("content", ""))]
    if len(acts) != void:
        found.append(f"{void} voids have {len(acts)} acts in the audit trail")
    return found


def _documents(world: NumberingWorld, series: Found) -> list[str]:
    """Every number's document stands as it was noted."""
    found = []
    for name, numbers in sorted(series.items()):
        for number, item in sorted(numbers.items()):
            if str(item.get("fact_id", "")).startswith("pi_earlier"):
                continue  # whose document isn't in this world
            path = f"invoices/main/{name}/{name}-{number:08d}.pdf"
            noted = item.get("document_sha256") or item.get("documents", {}).get("pdf")
            stands = world.bucket.objects.get(path)
            if stands is None or sha256(stands).hexdigest() != noted:
                found.append(f"{path} isn't the document that was noted")
    return found


def _certificates(world: NumberingWorld, name: str) -> list[str]:
    """The certificate that our own code writes is whole by our own code, documents included."""
    names = {path.rpartition("/")[2]: body for path, body in world.bucket.objects.items()}
    numbers = Numbers()
    head = numbers.series(world.shop.merchant_id, name)
    items = map(kept, numbers.items(head.merchant_id, name, head.last_number))
    written = [json.dumps(line) for line in lines(head, items, world.now())]
    broken = verified(written, names.get).broken
    world.schedule.seen["a certificate was verified"] += 1
    return [f"the certificate of {name}: {broken.number} {broken.what}"] if broken else []
