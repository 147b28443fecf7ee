"""`kassa restore`: a restored table takes the lost or spoilt one's place, step by step.

Hold what writes, restore, adopt, rebuild what came later, release. Each step may be given again;
none deletes anything. The runbook says when, and `make restore-drill` rehearses them.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError

from cli.acting import acting
from cli.connection import connect
from cli.output import console, in_one_line
from cli.stack import chosen, current, give_up
from infra.stack import RESTORED, Stack, write
from kassa.core.errors import EventNotFound

app = typer.Typer(no_args_is_help=True, help="Put a restored table in the lost one's place.")

TABLE = "PaymentsTable"
TIME_TO_LIVE = {"AttributeName": "expires_at", "Enabled": True}
RECOVERY = {"PointInTimeRecoveryEnabled": True}
MINUTES_MAX = 24 * 60  # a restore takes as long as its table is large
Suffix = Annotated[
    str, typer.Option(help="What its name has behind the old one's, such as -20261129.")
]


@app.command("hold")
@in_one_line
def hold() -> None:
    """Stop what works by queue and clock; the intake goes on, and queues keep what comes."""
    _switch(current(), is_on=False)
    console().print("Held: events wait on their queues, for up to ten days.")


@app.command("release")
@in_one_line
def release() -> None:
    """Let everything work again."""
    _switch(current(), is_on=True)
    console().print("Released: what waited is worked off now.")


@app.command("table")
@in_one_line
def table(
    suffix: Suffix,
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S"], help="As it was then, UTC; the latest if none."
        ),
    ] = None,
) -> None:
    """Restore the table under another name, and protect the new one like the old one."""
    stack = current()
    dynamodb, name = stack.client("dynamodb"), stack.table + suffix
    try:
        _restore(dynamodb, stack.table, name, at)
    except dynamodb.exceptions.TableAlreadyExistsException:
        console().print(f"{name} is there already.")
    waiter = dynamodb.get_waiter("table_exists")
    waiter.wait(TableName=name, WaiterConfig={"Delay": 20, "MaxAttempts": 3 * MINUTES_MAX})
    _protect(dynamodb, name, _policy(stack))
    console().print(
        f"{name} is restored and protected. Next:\nkassa restore adopt --suffix {suffix}"
    )


@app.command("adopt")
@in_one_line
def adopt(suffix: Suffix) -> None:
    """Lead every function, right and command to the restored table; the old one stays as it is."""
    stack = current()
    cloudformation = stack.client("cloudformation")
    found = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["Parameters"]
    before = next((one["ParameterValue"] for one in found if one["ParameterKey"] == RESTORED), None)
    if before is None:
        give_up(f"{stack.name} has no parameter {RESTORED}: deploy this release first")
    kept = [one["ParameterKey"] for one in found if one["ParameterKey"] != RESTORED]
    parameters: list[dict[str, Any]] = [
        {"ParameterKey": name, "UsePreviousValue": True} for name in kept
    ]
    cloudformation.update_stack(
        StackName=stack.name,
        UsePreviousTemplate=True,
        Parameters=[*parameters, {"ParameterKey": RESTORED, "ParameterValue": suffix}],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=stack.name, WaiterConfig={"Delay": 5, "MaxAttempts": 360}
    )
    adopted = replace(stack, table=stack.table.removesuffix(before) + suffix)
    if chosen() is None:  # the embedded one's file says where its table is
        write(adopted)
    current.cache_clear()
    with acting(connect(adopted), "table.adopt", f"table/{adopted.table}"):
        pass  # it is noted where it can be read: on the table that is read from now on
    console().print(f"Everything is led to {adopted.table}. Next:\nkassa rebuild")


def _restore(dynamodb: Any, source: str, target: str, at: datetime | None) -> None:
    """Restore to an instant; of a table that is gone, what AWS kept when it was deleted."""
    when: dict[str, Any] = {"UseLatestRestorableTime": True}
    if at:
        when = {"RestoreDateTime": at.replace(tzinfo=UTC)}
    try:
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=source, TargetTableName=target, **when
        )
    except ClientError as error:
        if not error.response["Error"]["Code"].endswith("NotFoundException"):
            raise
        dynamodb.restore_table_from_backup(
            TargetTableName=target, BackupArn=_backup(dynamodb, source)
        )


def _backup(dynamodb: Any, source: str) -> str:
    found = dynamodb.list_backups(TableName=source, BackupType="ALL")["BackupSummaries"]
    if not found:
        raise EventNotFound(f"{source} is gone, and no backup of it is kept")
    newest = max(found, key=lambda one: one["BackupCreationDateTime"])
    return str(newest["BackupArn"])


def _policy(stack: Stack) -> str:
    """Return the policy by which the stack's template lets nobody rewrite the audit trail."""
    found = stack.client("cloudformation").get_template(
        StackName=stack.name, TemplateStage="Processed"
    )["TemplateBody"]
    template = json.loads(found) if isinstance(found, str) else found
    return json.dumps(
        template["Resources"][TABLE]["Properties"]["ResourcePolicy"]["PolicyDocument"]
    )


def _protect(dynamodb: Any, name: str, policy: str) -> None:
    """Give a restored table what a restore leaves out and the template has."""
    arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)
    try:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=TIME_TO_LIVE)
    except ClientError as error:  # it refuses what is on already
        if error.response["Error"]["Code"] != "ValidationException":
            raise
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=RECOVERY)
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=True)


def _switch(stack: Stack, is_on: bool) -> None:
    """Switch the mappings of all queues, and all schedules."""
    awslambda, scheduler = stack.client("lambda"), stack.client("scheduler")
    for identifier in _resources(stack, "AWS::Lambda::EventSourceMapping"):
        awslambda.update_event_source_mapping(UUID=identifier, Enabled=is_on)
    for name in _resources(stack, "AWS::Scheduler::Schedule"):
        known = scheduler.get_schedule(Name=name)
        taken = ("ScheduleExpression", "FlexibleTimeWindow", "Target")
        scheduler.update_schedule(
            Name=name,
            State="ENABLED" if is_on else "DISABLED",
            **{field: known[field] for field in taken},
        )


def _resources(stack: Stack, kind: str) -> list[str]:
    pages = stack.client("cloudformation").get_paginator("list_stack_resources")
    found = (
        one for p in pages.paginate(StackName=stack.name) for one in p["StackResourceSummaries"]
    )
    return [one["PhysicalResourceId"] for one in found if one["ResourceType"] == kind]
