"""What a stack may run at once, compared with what its account lets run."""

from typing import NamedTuple

from infra.stack import Stack

KEPT_FREE = 10  # kept for webhooks, the API and the clock while every queue is busy


class Concurrency(NamedTuple):
    """Invocations at once: the account's limit and what stands against it."""

    limit: int  # of the account, in the stack's region
    unreserved: int  # what functions without a reservation share
    queues: int  # the most that the queues' functions run at once

    @property
    def fits(self) -> bool:
        """Tell whether webhooks and the API are answered while every queue is busy."""
        return self.queues + KEPT_FREE <= self.unreserved

    @property
    def seen(self) -> str:
        """Say what was seen."""
        shared = f"{self.unreserved} of the account's {self.limit} at once are shared"
        return f"{shared}; this stack's queues may take {self.queues}"

    @property
    def advice(self) -> str:
        """Say what to change."""
        enough = max(100, self.queues + KEPT_FREE)
        return (
            f"ask AWS for {enough} or more (Service Quotas, Lambda, concurrent executions), or "
            "lower BookConcurrency and its siblings; until then webhooks may be throttled in a "
            "rush, and come again"
        )


def concurrency(stack: Stack) -> Concurrency:
    """Ask the account what it lets run, and the stack's queues what they may take."""
    awslambda = stack.client("lambda")
    limit = awslambda.get_account_settings()["AccountLimit"]
    names = set(stack.functions.values())
    pages = awslambda.get_paginator("list_event_source_mappings").paginate()
    caps = [
        int(mapping["ScalingConfig"]["MaximumConcurrency"])
        for page in pages
        for mapping in page["EventSourceMappings"]
        if mapping["FunctionArn"].rpartition(":function:")[2] in names
    ]
    shared = limit.get("UnreservedConcurrentExecutions", limit["ConcurrentExecutions"])
    return Concurrency(int(limit["ConcurrentExecutions"]), int(shared), sum(caps))
