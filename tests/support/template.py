"""The template as tests read it: short forms become long forms, parameters their defaults."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.whole_template import whole_template

ROOT = Path(__file__).parents[2]

Resource = dict[str, Any]
PORTAL = {  # routes without an API key: a mailed code is the proof, then a session's token
    *("POST /portal/sign-in-codes", "POST /portal/sessions"),
    *("GET /portal/session", "DELETE /portal/sessions/current"),
}

CONSOLE = {"GET /console", "GET /console/{proxy+}", "POST /console/{proxy+}"}  # a session's cookie


class _Loader(yaml.CSafeLoader):
    """Reads CloudFormation's short forms: `!Ref X` is {"Ref": "X"}."""


def _long_form(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_scalar(node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".")
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> dict[str, Any]:
    """Return the whole template."""
    loaded: dict[str, Any] = yaml.load(whole_template(), _Loader)
    return loaded


def resources(kind: str) -> dict[str, Resource]:
    """Return the properties of all resources of a type, such as SQS::Queue, by logical id."""
    every = template()["Resources"].items()
    return {name: one.get("Properties", {}) for name, one in every if one["Type"] == f"AWS::{kind}"}


def value(given: Any) -> Any:
    """Return what a property is after a deployment that changes no parameter."""
    if isinstance(given, dict) and "Fn::If" in given:
        condition, yes, no = given["Fn::If"]
        return value(yes if holds(template()["Conditions"][condition]) else no)
    if isinstance(given, dict) and given.get("Ref") in template()["Parameters"]:
        return template()["Parameters"][given["Ref"]]["Default"]
    return given


def holds(condition: Any) -> bool:
    """Tell whether a condition holds after such a deployment."""
    if "Fn::Not" in condition:
        return not holds(condition["Fn::Not"][0])
    one, other = condition["Fn::Equals"]
    return bool(value(one) == value(other))


def names_in(given: Any) -> Iterator[str]:
    """Yield the logical ids that a value mentions by Ref, GetAtt or Sub."""
    if isinstance(given, list):
        for one in given:
            yield from names_in(one)
    if not isinstance(given, dict):
        return
    for key, inside in given.items():
        if key == "Ref":
            yield inside
        elif key == "Fn::GetAtt":
            yield inside[0]
        elif key == "Fn::Sub":
            yield from (part.split("}")[0].split(".")[0] for part in inside.split("${")[1:])
        else:
            yield from names_in(inside)


def listed(given: Any) -> list[Any]:
    """Return a list, also where the template says a single value."""
    return given if isinstance(given, list) else [given]


ALARMS = resources("CloudWatch::Alarm")


def matches(alarm: Resource, stack: str, line: dict[str, Any]) -> bool:
    """Tell whether an alarm of a stack counts a line, as CloudWatch does: all dimensions equal."""
    values = {"Ref": {"AWS::StackName": stack}}
    dimensions = {
        one["Name"]: values["Ref"].get(one["Value"]["Ref"])
        if isinstance(one["Value"], dict)
        else one["Value"]
        for one in alarm["Dimensions"]
    }
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    counted = {metric["Name"] for metric in directive["Metrics"]}
    sets = [{name: line[name] for name in names} for names in directive["Dimensions"]]
    return (
        alarm["Namespace"] == directive["Namespace"]
        and alarm["MetricName"] in counted
        and dimensions in sets
    )


FUNCTIONS = resources("Serverless::Function")


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every statement that allows something, with the function or role it is given to."""
    for name, function in FUNCTIONS.items():
        for policy in function["Policies"]:
            allowed = (one for one in policy["Statement"] if one["Effect"] == "Allow")
            yield from ((name, statement) for statement in allowed)
    for policy in resources("IAM::Policy").values():
        (name,) = (one.replace("FunctionRole", "Function") for one in names_in(policy["Roles"]))
        yield from ((name, one) for one in policy["PolicyDocument"]["Statement"])
    for name, role in resources("IAM::Role").items():
        for policy in role["Policies"]:
            yield from ((name, one) for one in policy["PolicyDocument"]["Statement"])


ALLOWED = list(statements())
