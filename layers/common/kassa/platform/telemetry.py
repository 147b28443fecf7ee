"""Logs, metrics and what an invocation has left: the one place that knows Powertools' objects."""

import os
from contextlib import AbstractContextManager

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.metrics.base import SingleMetric
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError
from pydantic import ValidationError

from kassa.core.errors import KassaError, UnreadableItem
from kassa.platform.clock import TimeLeft

os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "kassa")

STACK = os.environ.get("STACK_NAME") or "kassa"  # apart from others in the same account

logger = Logger(service="kassa")
metrics = Metrics(namespace="Kassa", service="kassa")
metrics.set_default_dimensions(stack=STACK)


def reason_of(error: BaseException | str) -> str:
    """Say why something failed, for a log: our own words, or of others' what can't quote input.

    A library's text may hold the request, and so a secret, a body or a customer's words. Its type
    is named, with AWS' code, or with which fields of which of our models were off.
    """
    if isinstance(error, KassaError | str):
        return str(error)
    name = type(error).__name__
    if isinstance(error, ClientError):
        return f"{name}: {error.response.get('Error', {}).get('Code', '')}"
    if isinstance(error, ValidationError):
        off = error.errors(include_url=False, include_input=False, include_context=False)
        # A field nobody knows is named by whoever wrote it: that is input, too.
        known = [one for one in off if one["loc"] and one["type"] != "extra_forbidden"]
        fields = ", ".join(sorted({f"{one['loc'][0]} {one['type']}" for one in known}))
        return f"{name}: {error.title}: {fields or 'fields that nobody knows'}"
    return name


def count_by(name: str, dimension: str, value: str) -> None:
    """Count one of a kind, apart from the invocation's other metrics.

    Each value is a metric of its own that is paid for, so there may only be few of them.
    """
    with _one(name) as metric:
        metric.add_dimension(name=dimension, value=value)


def count(name: str) -> None:
    """Count one at once, also in a function that writes no metrics at its end."""
    with _one(name):
        pass


def _one(name: str) -> AbstractContextManager[SingleMetric]:
    return single_metric(
        name=name,
        unit=MetricUnit.Count,
        value=1,
        namespace="Kassa",
        default_dimensions={"stack": STACK},
    )


def leave_out(error: UnreadableItem, **ids: str) -> None:
    """Count and log what one of many holds in values that only a newer release knows."""
    count("ItemUnreadable")
    logger.warning("item left out", reason=reason_of(error), extra=ids)


def time_left_s(context: LambdaContext) -> TimeLeft:
    """Return how to ask what an invocation has left, in seconds."""
    return lambda: context.get_remaining_time_in_millis() / 1000
