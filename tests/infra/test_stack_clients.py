"""What an operator's commands reach: a stack's own services, and nothing of the machine's."""

import re

from infra.stack_clients import SERVICES
from tests.support.template import ROOT


def test_each_service_that_our_code_calls_is_reached_at_the_stack() -> None:
    called = {
        service
        for source in (ROOT / "layers/common/kassa").rglob("*.py")
        for service in re.findall(r"""client\(["'](\w+)["']\)""", source.read_text())
    }

    assert {"dynamodb", "events"} <= called <= set(SERVICES)
