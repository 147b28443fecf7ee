"""`kassa doctor` compares what a stack may run at once with what its account lets run."""

from types import SimpleNamespace
from typing import Any

import pytest

from cli.doctor.concurrency import KEPT_FREE, concurrency
from tests.support.template import resources, value

CAPS = [
    value(mapping["ScalingConfig"]["MaximumConcurrency"])
    for mapping in resources("Lambda::EventSourceMapping").values()
]
NEW_ACCOUNT, USUAL_ACCOUNT = 10, 1_000


class Account:
    """An account that answers as Lambda does, with another stack's queue in it."""

    def __init__(self, limit: int, reserved: int = 0) -> None:
        self.limits = {
            "ConcurrentExecutions": limit,
            "UnreservedConcurrentExecutions": limit - reserved,
        }

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": self.limits}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_event_source_mappings"
        arn = "arn:aws:lambda:eu-west-1:1:function:"
        ours = [(f"{arn}kassa-{number}", cap) for number, cap in enumerate(CAPS)]
        mappings = [
            {"FunctionArn": name, "ScalingConfig": {"MaximumConcurrency": cap}}
            for name, cap in [*ours, (f"{arn}another", 500)]
        ]
        pages = [{"EventSourceMappings": mappings[:2]}, {"EventSourceMappings": mappings[2:]}]
        return SimpleNamespace(paginate=lambda: pages)


def stack(account: Account) -> Any:
    functions = {str(number): f"kassa-{number}" for number in range(len(CAPS))}
    return SimpleNamespace(client=lambda service: account, functions=functions)


def test_by_default_each_queue_takes_no_more_than_it_must() -> None:
    assert set(CAPS) == {2}  # the least there is


@pytest.mark.parametrize(
    ("account", "fits"),
    [
        (Account(USUAL_ACCOUNT), True),
        (Account(USUAL_ACCOUNT, reserved=985), False),
        (Account(sum(CAPS) + KEPT_FREE), True),
        (Account(NEW_ACCOUNT), False),  # nothing is left for the door while every queue is busy
    ],
)
def test_the_door_stays_open_while_every_queue_is_busy(account: Account, fits: bool) -> None:
    found = concurrency(stack(account))

    assert found.queues == sum(CAPS)
    assert found.fits is fits


def test_what_does_not_fit_says_what_to_request() -> None:
    found = concurrency(stack(Account(NEW_ACCOUNT)))

    assert (
        found.seen
        == f"10 of the account's 10 at once are shared; this stack's queues may take {sum(CAPS)}"
    )
    assert "ask AWS for 100 or more" in found.advice
