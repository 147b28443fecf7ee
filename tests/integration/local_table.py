"""The table as the template declares it, made in the test's own DynamoDB."""

from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Ref, !Sub …) as if they were plain values."""


def _plain(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


def resources() -> dict[str, Any]:
    """Return the template's resources by their logical ids."""
    declared: dict[str, Any] = yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]
    return declared


def create_table(dynamodb: Any) -> str:
    """Create the template's PaymentsTable and return its name."""
    declared = resources()["PaymentsTable"]["Properties"]
    taken = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    dynamodb.create_table(TableName="payments", **{name: declared[name] for name in taken})
    return "payments"
