"""Writes docs/openapi.json as the API describes itself: .venv/bin/python infra/openapi.py."""

import json
from pathlib import Path

from kassa.operations.serve_api import openapi

TARGET = Path(__file__).parents[1] / "docs" / "openapi.json"


def text() -> str:
    """Return the description as it is committed."""
    return json.dumps(openapi(), indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text())
