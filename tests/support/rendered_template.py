"""The template as CloudFormation fills it in for a stack's name: physical names, ARNs, dimensions.

A resource has the name that the template gives it, or one that CloudFormation makes of the stack's
name; what the template names without the stack would be the same thing in two stacks.
"""

import re
from hashlib import sha256
from typing import Any

from tests.support.template import Resource, holds, template

ACCOUNT, REGION = "123456789012", "eu-west-1"
NAMES = (
    *("AlarmName", "BucketName", "DashboardName", "FunctionName", "LogGroupName", "QueueName"),
    *("RoleName", "TableName", "TopicName", "Name"),
)
NAMED_INSIDE = {"AWS::ApiGatewayV2::Authorizer"}  # a name inside its API, not in the account


class Rendered:
    """Every resource of the template as a stack of some name has it."""

    def __init__(self, stack: str, resources: dict[str, Resource] | None = None) -> None:
        self.stack = stack
        self._written = {
            name: one
            for name, one in (resources or template()["Resources"]).items()
            if "Condition" not in one or holds(template()["Conditions"][one["Condition"]])
        }

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Return the properties of all resources of a type, filled in, by logical id."""
        return {
            name: self.filled(one.get("Properties", {}))
            for name, one in self._written.items()
            if one["Type"] == f"AWS::{kind}"
        }

    def names(self) -> dict[str, str]:
        """Return what each resource is called in the account, by logical id."""
        return {
            name: self.name_of(name)
            for name, one in self._written.items()
            if one["Type"] not in NAMED_INSIDE
        }

    def name_of(self, logical_id: str) -> str:
        """Return what a resource is called in the account."""
        properties = self._written[logical_id].get("Properties", {})
        given = [properties[name] for name in NAMES if name in properties]
        if given and self._written[logical_id]["Type"] not in NAMED_INSIDE | _REFERRING:
            return str(self.filled(given[0]))
        return f"{self.stack}-{logical_id}-{_suffix(self.stack + logical_id)}"

    def filled(self, given: Any) -> Any:
        """Return a value of the template with every reference filled in."""
        if isinstance(given, list):
            return [one for one in map(self.filled, given) if one is not None]
        if not isinstance(given, dict):
            return given
        if len(given) == 1:
            ((how, inside),) = given.items()
            if how in _WAYS:
                return _WAYS[how](self, inside)
        filled = {name: self.filled(one) for name, one in given.items()}
        return {name: one for name, one in filled.items() if one is not None}

    def ref(self, name: str) -> Any:
        """Return what !Ref of a parameter, a pseudo parameter or a resource is."""
        known = {"AWS::StackName": self.stack, "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
        known |= {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": None}
        if name in known:
            return known[name]
        if name in template()["Parameters"]:
            return template()["Parameters"][name]["Default"]
        if self._written[name]["Type"] == "AWS::SNS::Topic":
            return self.attribute([name, "Arn"])
        return self.name_of(name)

    def attribute(self, of: list[str]) -> str:
        """Return what !GetAtt is: an ARN, or for any other attribute the resource's name."""
        name, attribute = of
        kind = self._written[name]["Type"].split("::")[1].lower()
        if attribute.endswith(("Arn", "Id")):
            return f"arn:aws:{kind}:{REGION}:{ACCOUNT}:{self.name_of(name)}"
        return self.name_of(name)

    def _sub(self, text: str) -> str:
        def resolved(found: re.Match[str]) -> str:
            name, _, attribute = found[1].partition(".")
            return str(self.attribute([name, attribute]) if attribute else self.ref(name))

        return re.sub(r"\$\{([^}!]+)\}", resolved, text)

    def _if(self, branches: list[Any]) -> Any:
        condition, yes, no = branches
        return self.filled(yes if holds(template()["Conditions"][condition]) else no)


_REFERRING = {"AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping"}  # to a function's name
_WAYS = {
    "Ref": Rendered.ref,
    "Fn::GetAtt": Rendered.attribute,
    "Fn::Sub": Rendered._sub,
    "Fn::If": Rendered._if,
}


def _suffix(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12].upper()
