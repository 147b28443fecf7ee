"""Writes the API's one description, of all its functions: .venv/bin/python -m infra.openapi.

docs/openapi.json is for people and their tools. The same lies in the layer, without whitespace, for
GET /openapi.json: its function hasn't the layers that some of the others are made of.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from kassa.operations.serve_api import DESCRIPTION

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "openapi.json"
POWERTOOLS_OWN = ("HTTPValidationError", "ValidationError", "ResponseValidationError")


def resolvers() -> list[APIGatewayHttpResolver]:
    """Return what each function that answers the API resolves its routes with, its `api`."""
    names = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    apps = [import_module(f"functions.{name}.app") for name in names]
    return [app.api for app in apps if hasattr(app, "api")]


def joined() -> APIGatewayHttpResolver:
    """Return all routes in one; only so do schemas of the same name get names apart."""
    every = APIGatewayHttpResolver(enable_validation=True)
    for api in resolvers():
        every._static_routes += api._static_routes
        every._dynamic_routes += api._dynamic_routes
    return every


def openapi() -> dict[str, Any]:
    """Describe the API; Powertools' own 422 goes, since what can't be read is answered with 400."""
    every = joined()
    every.configure_openapi(
        title="Kassa",
        version="1",
        description="Orders and their payment pages, what Kassa's books say of payments, and the"
        " refunds of payments. Amounts are integers in minor units.",
        security_schemes={"ApiKey": HTTPBearer(description="A key made by 'kassa keys create'.")},
        security=[{"ApiKey": []}],
    )
    described: dict[str, Any] = json.loads(every.get_openapi_json_schema())
    described["paths"] = dict(sorted(described["paths"].items()))
    for methods in described["paths"].values():
        for route in methods.values():
            _without_powertools_own(route["responses"])
    for name in POWERTOOLS_OWN:
        described["components"]["schemas"].pop(name, None)
    return described


def _without_powertools_own(responses: dict[str, Any]) -> None:
    """Leave out Powertools' 422; one that a route describes itself stays."""
    if POWERTOOLS_OWN[0] in json.dumps(responses.get("422")):
        del responses["422"]


def texts() -> dict[Path, str]:
    """Return the description as it is committed, by its files."""
    described = openapi()
    return {
        TARGET: json.dumps(described, indent=2) + "\n",
        DESCRIPTION: json.dumps(described, separators=(",", ":")) + "\n",
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text)
