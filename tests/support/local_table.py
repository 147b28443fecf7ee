"""The table as the template declares it, made in the test's own DynamoDB."""

from typing import Any

from tests.support.template import resources

TAKEN = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")


def create_table(dynamodb: Any, name: str = "payments") -> str:
    """Create the template's PaymentsTable and return its name."""
    declared = resources("DynamoDB::Table")["PaymentsTable"]
    dynamodb.create_table(TableName=name, **{one: declared[one] for one in TAKEN})
    return name
