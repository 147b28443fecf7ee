"""The table as the template declares it, made in the test's own DynamoDB."""

from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"

def _k(*n):
    return [{"AttributeName": n[0], "KeyType": "HASH"}, {"AttributeName": n[1], "KeyType": "RANGE"}]
SCHEMA = {"KeySchema": _k("PK", "SK"), "BillingMode": "PAY_PER_REQUEST",
 "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in "PK SK GSI1PK GSI1SK GSI2PK GSI2SK".split()],
 "GlobalSecondaryIndexes": [{"IndexName": g, "KeySchema": _k(g+"PK", g+"SK"), "Projection": {"ProjectionType": "KEYS_ONLY"}} for g in ("GSI1","GSI2")]}


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (!Ref, !Sub …) as if they were plain values."""


def _plain(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


def create_table(dynamodb: Any) -> str:
    """Create the template's PaymentsTable and return its name."""
    if TEMPLATE.exists():
        resources = yaml.load(TEMPLATE.read_text(), _Loader)["Resources"]
        declared = resources["PaymentsTable"]["Properties"]
    else:
        declared = SCHEMA
    taken = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    dynamodb.create_table(TableName="payments", **{name: declared[name] for name in taken})
    return "payments"
