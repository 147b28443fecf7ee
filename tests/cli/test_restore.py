"""`kassa restore`: a table under another name, protected like the old one, and adopted."""

from typing import Any

import boto3
import pytest

from infra import stack as stacks
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.queue_batches import CAPTURED
from tests.support.template import template

pytestmark = pytest.mark.moto
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/payments-1"


@pytest.fixture
def recoverable(console: Console) -> Any:
    """A table with an event, recoverable to any point in time."""
    console.book(CAPTURED)
    dynamodb = boto3.client("dynamodb")
    dynamodb.update_continuous_backups(
        TableName="payments",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    return dynamodb


def test_a_restored_table_holds_the_same_and_is_protected(
    console: Console, recoverable: Any
) -> None:
    result = console.run("restore", "table", "--suffix", "-1")

    assert result.exit_code == 0, result.output
    assert "kassa restore adopt --suffix -1" in result.stdout
    assert console.json("digest", "--against", "payments-1")["differing"] == []
    backups = recoverable.describe_continuous_backups(TableName="payments-1")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    lifecycles = recoverable.describe_time_to_live(TableName="payments-1")["TimeToLiveDescription"]
    assert lifecycles["AttributeName"] == "expires_at"
    policy = recoverable.get_resource_policy(ResourceArn=ARN)["Policy"]
    assert "NobodyRewritesTheAuditTrail" in policy
    table = recoverable.describe_table(TableName="payments-1")["Table"]
    assert table["DeletionProtectionEnabled"] is True


def test_a_table_that_is_there_already_is_only_protected(
    console: Console, recoverable: Any
) -> None:
    console.run("restore", "table", "--suffix", "-1")

    again = console.run("restore", "table", "--suffix", "-1")
    assert again.exit_code == 0, again.output
    assert "payments-1 is there already." in again.stdout


def test_a_table_that_is_gone_comes_from_what_was_kept_of_it(
    console: Console, recoverable: Any
) -> None:
    recoverable.create_backup(TableName="payments", BackupName="kept")
    recoverable.delete_table(TableName="payments")

    assert console.run("restore", "table", "--suffix", "-1").exit_code == 0
    items = recoverable.scan(TableName="payments-1")["Items"]
    assert "EVENT#evt_1" in {item["SK"]["S"] for item in items}


def test_a_table_of_which_nothing_is_kept_is_reported_as_gone(
    console: Console, recoverable: Any
) -> None:
    recoverable.delete_table(TableName="payments")

    line = console.refused("restore", "table", "--suffix", "-1")
    assert line == "kassa: payments is gone, and no backup of it is kept"


class Updated:
    """CloudFormation with a stack that takes the parameter."""

    def __init__(self, *parameters: tuple[str, str]) -> None:
        self.parameters = dict(parameters)
        self.updates: list[dict[str, Any]] = []

    def get_template(self, **_: Any) -> dict[str, Any]:
        """Return the template as AWS gives a processed one."""
        return {"TemplateBody": template()}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        """Return the stack's parameters."""
        parameters = [{"ParameterKey": k, "ParameterValue": v} for k, v in self.parameters.items()]
        return {"Stacks": [{"Parameters": parameters}]}

    def update_stack(self, **request: Any) -> None:
        """Take an update."""
        self.updates.append(request)

    def get_waiter(self, name: str) -> Any:
        """Return one that needn't wait."""
        return self

    def wait(self, **_: Any) -> None:
        """It is done."""


def confirmed(cloudformation: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands ask this CloudFormation, and whoever else they ask."""
    others = stacks.Stack.client

    def client(self: stacks.Stack, service: str) -> Any:
        return cloudformation if service == "cloudformation" else others(self, service)

    monkeypatch.setattr(stacks.Stack, "client", client)


def test_adopting_changes_one_parameter_and_where_commands_look(
    console: Console, recoverable: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudformation = Updated(("MerchantId", "main"), ("RestoredSuffix", ""))
    confirmed(cloudformation, monkeypatch)
    console.run("restore", "table", "--suffix", "-1")

    assert console.run("restore", "adopt", "--suffix", "-1").exit_code == 0
    [update] = cloudformation.updates
    assert update["UsePreviousTemplate"] is True
    assert update["Parameters"] == [
        {"ParameterKey": "MerchantId", "UsePreviousValue": True},
        {"ParameterKey": "RestoredSuffix", "ParameterValue": "-1"},
    ]
    adopted = stacks.embedded()
    assert adopted is not None
    assert adopted.table == "payments-1"
    acts = {item["PK"]["S"][:6] for item in recoverable.scan(TableName="payments-1")["Items"]}
    assert "AUDIT#" in acts  # who did it is noted where it is read from now on


def test_a_stack_that_knows_no_such_parameter_is_deployed_first(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(Updated(("MerchantId", "main")), monkeypatch)

    line = console.refused("restore", "adopt", "--suffix", "-1")
    assert line == "kassa: kassa has no parameter RestoredSuffix: deploy this release first"
