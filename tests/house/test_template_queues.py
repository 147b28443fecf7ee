"""What the template promises of queues: nothing is lost in silence."""

from collections import Counter
from typing import Any

import pytest

from kassa.checkout.apply_fact import APPLICABLE
from kassa.checkout.duplicate_payments.refund_not_made import NOT_MADE
from kassa.disputes.note_dispute import OF_DISPUTES_ALONE
from tests.support.template import names_in, resources, value

DAY_S = 24 * 3600
CONTENDED = ("EventsQueue", "RefundsQueue", "OrdersQueue")  # their messages race for one item

QUEUES = resources("SQS::Queue")
DEAD_LETTER_QUEUES = [name for name in QUEUES if name.endswith("DeadLetterQueue")]
WORK_QUEUES = [name for name in QUEUES if name not in DEAD_LETTER_QUEUES]
MAPPINGS = resources("Lambda::EventSourceMapping")
FUNCTIONS = resources("Serverless::Function")
SCHEDULES = resources("Scheduler::Schedule")
TARGETS = [target for rule in resources("Events::Rule").values() for target in rule["Targets"]]


def queue_of(deadlettering: Any) -> str:
    """Return the logical id of the queue that a redrive policy or a DLQ config names."""
    (name,) = names_in(deadlettering)
    return name


def test_there_is_something_to_prove() -> None:
    assert len(WORK_QUEUES) >= 3
    assert len(TARGETS) >= 2
    assert len(SCHEDULES) >= 2


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_is_encrypted(name: str) -> None:
    assert QUEUES[name]["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_what_dies_is_kept_for_days_however_long_it_had_waited(name: str) -> None:
    dead = queue_of(QUEUES[name]["RedrivePolicy"]["deadLetterTargetArn"])
    kept_s = QUEUES[dead]["MessageRetentionPeriod"]  # counted from when it was first sent

    assert QUEUES[name]["MessageRetentionPeriod"] >= 10 * DAY_S
    assert kept_s - QUEUES[name]["MessageRetentionPeriod"] >= 4 * DAY_S


@pytest.mark.parametrize("name", DEAD_LETTER_QUEUES)
def test_a_dead_letter_queue_keeps_as_long_as_any_queue_can(name: str) -> None:
    assert QUEUES[name]["MessageRetentionPeriod"] == 14 * DAY_S


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_every_queue_gives_up_into_a_dead_letter_queue(name: str) -> None:
    policy = QUEUES[name]["RedrivePolicy"]

    assert queue_of(policy["deadLetterTargetArn"]) in DEAD_LETTER_QUEUES
    assert policy["maxReceiveCount"] == (10 if name in CONTENDED else 5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_and_its_function_share_the_dead_letter_queue_of_that_schedule(
    schedule: str,
) -> None:
    target = SCHEDULES[schedule]["Target"]
    (function,) = names_in(target["Arn"])
    failures = FUNCTIONS[function]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]

    assert queue_of(target["DeadLetterConfig"]) == f"{schedule}DeadLetterQueue"
    assert queue_of(failures["Destination"]) == f"{schedule}DeadLetterQueue"


def test_a_rule_and_the_function_it_invokes_share_the_dead_letter_queue_of_that_rule() -> None:
    invoking = {
        rule: target
        for rule, properties in resources("Events::Rule").items()
        for target in properties["Targets"]
        if queue_of(target["Arn"]) in FUNCTIONS
    }
    assert list(invoking) == ["StripeEventsRule"]
    for rule, target in invoking.items():
        function = FUNCTIONS[queue_of(target["Arn"])]
        failures = function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]

        assert queue_of(target["DeadLetterConfig"]) == f"{rule}DeadLetterQueue"
        assert queue_of(failures["Destination"]) == f"{rule}DeadLetterQueue"


def test_every_dead_letter_queue_serves_one_source_only() -> None:
    sources = [
        *(queue_of(QUEUES[name]["RedrivePolicy"]["deadLetterTargetArn"]) for name in WORK_QUEUES),
        *(queue_of(target["DeadLetterConfig"]) for target in TARGETS),
        *(queue_of(schedule["Target"]["DeadLetterConfig"]) for schedule in SCHEDULES.values()),
    ]
    assert Counter(sources) == Counter(DEAD_LETTER_QUEUES)


def test_the_orders_receive_all_that_they_understand_and_nothing_else() -> None:
    pattern = resources("Events::Rule")["OrdersRule"]["EventPattern"]

    understood = (*APPLICABLE, *NOT_MADE, *OF_DISPUTES_ALONE)
    assert sorted(pattern["detail-type"]) == sorted(fact.__name__ for fact in understood)


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_message_stays_invisible_for_six_timeouts(name: str) -> None:
    mapping = MAPPINGS[name]
    (queue,) = names_in(mapping["EventSourceArn"])
    (function,) = names_in(mapping["FunctionName"])
    window_s = mapping.get("MaximumBatchingWindowInSeconds", 0)

    needed_s = 6 * FUNCTIONS[function]["Timeout"] + window_s
    assert value(QUEUES[queue]["VisibilityTimeout"]) >= needed_s


@pytest.mark.parametrize("name", MAPPINGS)
def test_only_the_failed_records_of_a_batch_come_back(name: str) -> None:
    assert MAPPINGS[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_consumer_is_capped(name: str) -> None:
    assert value(MAPPINGS[name]["ScalingConfig"]["MaximumConcurrency"]) >= 2


def test_every_queue_has_a_consumer() -> None:
    consumed = {queue_of(mapping["EventSourceArn"]) for mapping in MAPPINGS.values()}

    assert consumed == set(WORK_QUEUES)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["Id"])
def test_only_its_own_rule_may_send_to_a_rules_queues(target: dict[str, Any]) -> None:
    queues = {queue_of(target["Arn"]), queue_of(target["DeadLetterConfig"])} & set(QUEUES)
    rule = next(name for name, one in resources("Events::Rule").items() if target in one["Targets"])
    statements = [
        statement
        for policy in resources("SQS::QueuePolicy").values()
        if queues & set(names_in(policy["Queues"]))
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert [set(names_in(one["Resource"])) for one in statements] == [queues]
    assert [list(names_in(one["Condition"]["ArnEquals"])) for one in statements] == [[rule]]
