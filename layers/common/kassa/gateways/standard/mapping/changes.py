"""What a changed mapping names otherwise: a booked event that comes again would be booked twice."""

from collections.abc import Iterator

from kassa.gateways.standard.mapping.checks import MappingFinding, error
from kassa.gateways.standard.mapping.model import Mapping

Names = dict[str, set[str]]


def renamed(before: Mapping, after: Mapping) -> Iterator[MappingFinding]:
    """Find the types whose payments or objects go by other paths than those in the books."""
    earlier, later = _names(before), _names(after)
    for event_type in sorted(earlier.keys() & later.keys()):
        yield from _left(event_type, earlier[event_type], later[event_type])


def _left(event_type: str, earlier: Names, later: Names) -> Iterator[MappingFinding]:
    for what in sorted(earlier.keys() & later.keys()):
        gone = ", ".join(sorted(earlier[what] - later[what]))
        if gone:
            yield error(event_type, f"its {what} went by {gone}: what is booked would be twice")


def _names(mapping: Mapping) -> dict[str, Names]:
    """Return the paths by which each type names whose it is, and each kind of its objects."""
    named: dict[str, Names] = {}
    typed = [(rule, event_type) for rule in mapping.rules for event_type in rule.type]
    for rule, event_type in typed:
        pairs = [(one.kind.replace("_", " "), one.id) for one in rule.object_reports]
        if rule.about:
            pairs += rule.about.model_dump(exclude_none=True).items()
        for what, path in pairs:
            named.setdefault(event_type, {}).setdefault(what, set()).add(path)
    return named
