"""Lets parliament check every policy of the templates: each action, resource and condition key.

Run by the linters' own Python (`make check`), which has parliament and PyYAML and nothing of ours.
What is left out has its reason in ACCEPTED, and what isn't found any more must leave it. A planted
mistake must be found each time, so that silence means something.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from parliament import analyze_policy_string

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = (ROOT / ".kassa" / "whole_template.yaml", ROOT / "infra" / "deploy_role.yaml")
PLACES = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "kassa",
    "RestoredSuffix": "",
}
_HERE = "eu-west-1:123456789012"
ARNS = {
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::Events::EventBus": f"arn:aws:events:{_HERE}:event-bus/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{_HERE}:rule/{{}}",
    "AWS::Serverless::Function": f"arn:aws:lambda:{_HERE}:function:{{}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_HERE}:table/{{}}",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{_HERE}:secret:{{}}",
}
ROLE = "arn:aws:iam::123456789012:role/{}"
ACCEPTED = {  # (resource, issue): why it may be so
    ("DeployRole", "INVALID_ARN"): "AWS' own transforms belong to an account called aws",
    ("StackRole", "INVALID_ARN"): "AWS' own transforms belong to an account called aws",
    ("StackRole", "RESOURCE_STAR"): "CloudFormation makes the stack; only it can take this role",
}
PLANTED = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:sqs:{_HERE}:Events"}
    ],
}


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` as {"Ref": "X"} and so on."""


def _long_form(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _long_form)


def arn(resources: dict[str, Any], name: str) -> str:
    """Return an ARN as a resource's looks; roles that SAM makes stand in no template."""
    kind = resources.get(name, {}).get("Type", "")
    return ARNS.get(kind, ROLE).format(name)


def plain(resources: dict[str, Any], given: Any) -> Any:
    """Return a value without CloudFormation's functions."""
    if isinstance(given, list):
        return [plain(resources, one) for one in given]
    if not isinstance(given, dict):
        return given
    given = {key.removeprefix("Fn::"): value for key, value in given.items()}  # of a part
    if "GetAtt" in given:
        name = given["GetAtt"]
        return arn(resources, name[0] if isinstance(name, list) else name.partition(".")[0])
    if "Ref" in given:
        return PLACES.get(given["Ref"], given["Ref"])
    if "Sub" in given:
        return re.sub(r"\${([\w:]+)(\.Arn)?}", lambda m: _named(resources, m), given["Sub"])
    return {key: plain(resources, one) for key, one in given.items()}


def _named(resources: dict[str, Any], match: re.Match[str]) -> str:
    return arn(resources, match[1]) if match[2] else PLACES.get(match[1], match[1])


def policies(resources: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every policy, with the resource it stands in."""
    for name, resource in resources.items():
        given = resource.get("Properties", {})
        documents = [one.get("PolicyDocument", one) for one in (*given.get("Policies", []), given)]
        for document in filter(lambda one: "Statement" in one, documents):
            yield name, plain(resources, {"Version": "2012-10-17"} | document)


def findings(name: str, policy: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what parliament says against a policy: where, which issue, which text."""
    found = analyze_policy_string(json.dumps(policy), filepath=name).findings
    return [(name, one.issue, f"{one.detail} {one.location}") for one in found]


def main() -> int:
    """Check every policy; 1 where one has a finding, or the planted mistake has none."""
    every = [yaml.load(path.read_text(), _Loader)["Resources"] for path in TEMPLATES]
    checked = [one for resources in every for one in policies(resources)]
    found = [one for name, policy in checked for one in findings(name, policy)]
    unneeded = set(ACCEPTED) - {one[:2] for one in found}
    open_ones = [one for one in found if one[:2] not in ACCEPTED]
    open_ones += [(*one, "is accepted and isn't found any more") for one in sorted(unneeded)]
    if not findings("planted", PLANTED):
        open_ones.append(("planted", "SILENCE", "parliament doesn't see the planted mistake"))
    for one in open_ones:
        sys.stdout.write(": ".join(one) + "\n")
    sys.stdout.write(f"{len(checked)} policies checked, {len(open_ones)} open\n")
    return int(bool(open_ones))


if __name__ == "__main__":
    sys.exit(main())
