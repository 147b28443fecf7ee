"""What a merchant writes becomes a mapping, or a list of all that is wrong with it, each placed."""

from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from kassa.core.model import Model, mistakes
from kassa.gateways.standard.mapping.checks import (
    MappingFinding,
    Placed,
    error,
    of_head,
    of_rules,
    warnings,
)
from kassa.gateways.standard.mapping.limits import limits
from kassa.gateways.standard.mapping.model import (
    RULES_MAX,
    STANDINGS_MAX,
    Mapping,
    MappingHead,
    Rule,
    StandingSource,
)

M = TypeVar("M", bound=Model)


class ReadMapping(NamedTuple):
    """A mapping, if it has no errors, and what there is to say about it."""

    mapping: Mapping | None
    findings: tuple[MappingFinding, ...]


def read_mapping(value: object) -> ReadMapping:
    """Read a mapping, going on after each error so that all are reported at once."""
    if not isinstance(value, dict):
        return ReadMapping(None, (error("", "isn't a mapping: names with values were expected"),))
    head, found = _read(MappingHead, {n: v for n, v in value.items() if n != "rules"}, "")
    rules, found_in_rules = _rules(value.get("rules"))
    found += found_in_rules
    if head:
        found += of_head(head)
    found += of_rules(rules, head)
    if head is None or found:
        return ReadMapping(None, tuple(found))
    mapping = Mapping(**dict(head), rules=tuple(placed.rule for placed in rules))
    return ReadMapping(mapping, (*warnings(rules), *limits(rules, head)))


def _rules(written: object) -> tuple[list[Placed], list[MappingFinding]]:
    if not isinstance(written, list | tuple) or not written:
        return [], [error("rules", "is missing; it is a list of what each event type means")]
    if len(written) > RULES_MAX:
        return [], [error("rules", f"has {len(written)} rules; {RULES_MAX} are allowed")]
    rules, findings = [], []
    for number, value in enumerate(written):
        placed, found = _rule(value, f"rules[{number}]")
        findings += found
        rules += [placed] if placed else []
    return rules, findings


def _rule(value: object, place: str) -> tuple[Placed | None, list[MappingFinding]]:
    """Read a rule and each of its object reports apart, so that none hides what another lacks."""
    written = value.get("object_reports", []) if isinstance(value, dict) else []
    shell = {**value, "object_reports": []} if isinstance(value, dict) else value
    rule, findings = _read(Rule, shell, place)
    if not isinstance(written, list | tuple) or len(written) > STANDINGS_MAX:
        why = f"isn't a list of at most {STANDINGS_MAX} object_reports"
        findings.append(error(f"{place}.object_reports", why))
        return None, findings
    object_reports = {}
    for index, each in enumerate(written):
        one, found = _read(StandingSource, each, f"{place}.object_reports[{index}]")
        findings += found
        if one:
            object_reports[f"{place}.object_reports[{index}]"] = one
    if rule is None:
        return None, findings
    whole = rule.model_copy(update={"object_reports": tuple(object_reports.values())})
    return Placed(place, whole, tuple(object_reports), len(object_reports) < len(written)), findings


def _read(model: type[M], value: object, place: str) -> tuple[M | None, list[MappingFinding]]:
    """Return one part and no findings, or no part and what is wrong with it."""
    try:
        return model.model_validate(value), []
    except ValidationError as refused:
        return None, [error(*mistake) for mistake in mistakes(refused, place)]
