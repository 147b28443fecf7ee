"""The embedded stack deploys the whole template but what its emulator can't make."""

import pytest
import yaml

from infra.local import package
from infra.local.errors import DemoError
from infra.whole_template import whole_template
from tests.support.template import resources, template

KIND = "AWS::CloudWatch::CompositeAlarm"


def test_only_resources_of_an_unknown_type_are_left_out() -> None:
    known, left_out = package.leave_out_unknown(whole_template())
    kept = [line.strip(" :") for line in known.splitlines() if line[:2] == "  " != line[2:4]]

    of_mail = {"MailConfigurationSet", "MailEventDestination"}  # fake carriers report by themselves
    assert set(left_out) == set(resources("CloudWatch::CompositeAlarm")) | of_mail
    assert len(left_out) == 7
    assert set(template()["Resources"]) - set(left_out) <= {name.split(":")[0] for name in kept}
    assert KIND not in known


def test_the_order_of_a_built_template_makes_no_difference() -> None:
    first = {"Type": KIND, "Properties": {"AlarmRule": "a", "AlarmActions": ["b"]}}
    built = {"Resources": {"First": first, "Topic": {"Type": "AWS::SNS::Topic"}}}

    known, left_out = package.leave_out_unknown(yaml.safe_dump(built, sort_keys=False))

    assert left_out == ["First"]
    assert yaml.safe_load(known) == {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def test_what_something_else_needs_is_not_left_out_in_silence() -> None:
    needed = {"One": {"Type": KIND, "Properties": {}}, "Two": {"Properties": {"Ref": "One"}}}

    with pytest.raises(DemoError, match="One"):
        package.leave_out_unknown(yaml.safe_dump({"Resources": needed}, sort_keys=False))
