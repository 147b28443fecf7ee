"""How gateways answered a run of the watch is published once, for the archive alone."""

import pytest

from kassa.core.errors import GatewayUnavailable
from kassa.monitoring.publish_calls import publish_calls
from kassa.platform.pacing import call_counts
from tests.support.aws_stack import Stack


def test_each_account_s_calls_are_one_fact_that_only_the_archive_receives(stack: Stack) -> None:
    call_counts.taken()
    stack.receive_measurements()
    with call_counts.counted("stripe", "main"):
        pass
    with pytest.raises(GatewayUnavailable), call_counts.counted("adyen", "main"):
        raise GatewayUnavailable("silent")

    assert publish_calls() == 2
    found = {one["detail"]["metadata"]["gateway"]: one for one in stack.published()}
    assert {one["source"] for one in found.values()} == {"kassa.measured"}
    assert {one["detail-type"] for one in found.values()} == {"GatewayCallsCounted"}
    counts = {
        name: (one["detail"]["data"]["answered"], one["detail"]["data"]["unanswered"])
        for name, one in found.items()
    }
    assert counts == {"stripe": (1, 0), "adyen": (0, 1)}
    assert publish_calls() == 0, "what was published once isn't again"
