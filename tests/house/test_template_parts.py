"""The parts beside template.yaml are what CloudFormation can include, and nothing needs them."""

from typing import Any

import pytest
import yaml

from infra.whole_template import TEMPLATE, included, whole_template
from tests.support.template import ROOT, listed, names_in, resources, template

PARTS = included()
RESOURCES_MAX, BYTES_MAX = 500, 1 << 20  # of a stack, and of its template


def part(path: str) -> dict[str, Any]:
    """Read a part as CloudFormation does, which knows no short forms there."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / path).read_text())
    return loaded


def main() -> dict[str, Any]:
    """Return template.yaml alone, as far as names are concerned."""
    parts = {name for path in PARTS for name in part(path)}
    return {name: one for name, one in template()["Resources"].items() if name not in parts}


def test_alarms_dashboard_routes_and_outputs_stand_beside_it() -> None:
    assert set(PARTS) == {"infra/routes_and_alarms.yaml", "infra/outputs.yaml"}
    kinds = {one["Type"] for one in part("infra/routes_and_alarms.yaml").values()}
    assert {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"} <= kinds
    assert "Fn::Transform" not in whole_template()


@pytest.mark.parametrize("path", PARTS)
def test_a_part_has_no_short_forms_and_includes_nothing(path: str) -> None:
    assert part(path)  # a short form would be refused
    assert "Fn::Transform" not in (ROOT / path).read_text()


@pytest.mark.parametrize("path", PARTS)
def test_nothing_is_defined_twice(path: str) -> None:
    section = "Outputs" if path.endswith("outputs.yaml") else "Resources"
    alone = yaml.compose(TEMPLATE.read_text())
    assert isinstance(alone, yaml.MappingNode)
    (value_of,) = (value for key, value in alone.value if key.value == section)

    assert not set(part(path)) & {key.value for key, _ in value_of.value}
    assert set(part(path)) <= set(template()[section])


def test_the_whole_stays_below_the_quotas_of_a_stack() -> None:
    functions = resources("Serverless::Function").values()
    of_sam = len(functions) + sum(
        "EventInvokeConfig" in one for one in functions
    )  # and a role each

    assert len(template()["Resources"]) + of_sam <= RESOURCES_MAX
    assert len(whole_template().encode()) <= BYTES_MAX // 2  # SAM writes it out longer


def test_nothing_in_the_template_refers_to_a_part() -> None:
    parts = {name for path in PARTS for name in part(path)}
    alone = main()
    awaited = {name for one in alone.values() for name in listed(one.get("DependsOn") or [])}

    assert len(alone) > 80
    assert not parts & (set(names_in(alone)) | awaited)
