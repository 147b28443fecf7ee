"""The API's description, made once for all who read it: that takes longer than most tests do."""

import json
from functools import cache
from typing import Any

from infra import openapi


def api_description() -> dict[str, Any]:
    """Return the description as our code makes it now, each reader's own."""
    made: dict[str, Any] = json.loads(_text())
    return made


@cache
def _text() -> str:
    return json.dumps(openapi.openapi())
