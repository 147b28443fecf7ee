"""What the emulator can't decide as AWS does is made good for every function that needs it."""

import json

from infra.local.differences import MEASURERS
from tests.support.template import resources


def test_whoever_may_put_measured_events_alone_can_put_them_here() -> None:
    functions = resources("Serverless::Function")
    asked = {f"{name}Role" for name in functions if "events:source" in json.dumps(functions[name])}

    assert set(MEASURERS) == asked
