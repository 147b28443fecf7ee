"""Writes the API's one description, of all its functions: .venv/bin/python -m infra.openapi.

docs/openapi.json is for people and their tools. The same lies in the layer, in short lines, for
GET /openapi.json: its function hasn't the layers that some of the others are made of.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from infra import openapi_texts
from kassa.api.serve_api import DESCRIPTION
from kassa.http_api.idempotency import HARMLESS
from kassa.http_api.requests import VERSIONS

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "openapi.json"
PROBLEM = "#/components/schemas/Problem"
OPEN = "/portal/"  # without an API key
OF_A_SESSION = ("/portal/session", "/portal/sessions/current")
_OPEN_TO: dict[bool, list[dict[str, list[str]]]] = {True: [{"Session": []}], False: []}
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
    """Describe the API, with what all its routes have: versions, refusals and examples."""
    every = joined()
    every.configure_openapi(
        title="Kassa",
        version=VERSIONS[-1],
        description=openapi_texts.DESCRIPTION,
        security_schemes={
            "ApiKey": HTTPBearer(description="A key made by 'kassa keys create'."),
            "Session": HTTPBearer(description="A customer's session, by its token."),
        },
        security=[{"ApiKey": []}],
    )
    described: dict[str, Any] = json.loads(every.get_openapi_json_schema())
    described["paths"] = dict(sorted(described["paths"].items()))
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            route.setdefault("tags", [path.split("/")[1]])
            is_open = path.startswith(OPEN)
            takes_key = method == "post" and f"POST {path}" not in HARMLESS and not is_open
            _complete(route, method, takes_key)
            route |= {"security": _OPEN_TO[path in OF_A_SESSION]} if is_open else {}
    for name in POWERTOOLS_OWN:
        described["components"]["schemas"].pop(name, None)
    described["components"] |= _shared()
    return described


def _complete(route: dict[str, Any], method: str, takes_key: bool) -> None:
    """Add to a route what every route has."""
    responses = route["responses"]
    if POWERTOOLS_OWN[0] in json.dumps(responses.get("422")):
        del responses["422"]
    for status, response in responses.items():
        response["headers"] = _headers(status, method)
        if status.startswith(("4", "5")) and status != str(openapi_texts.INTERNAL):
            response["content"]["application/json"]["example"] = openapi_texts.example(int(status))
    responses.pop(str(openapi_texts.INTERNAL), None)  # Powertools' own
    always = (
        *openapi_texts.ALWAYS,
        *(openapi_texts.WITH_BODY if method in ("post", "put", "patch") else ()),
    )
    for status in always:
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})
    route["responses"] = dict(sorted(responses.items()))
    names = ["Kassa-Version", *(["Idempotency-Key"] if takes_key else [])]
    references = ({"$ref": f"#/components/parameters/{name}"} for name in names)
    route.setdefault("parameters", []).extend(references)
    if (example := openapi_texts.REQUESTS.get(route["operationId"])) is not None:
        route["requestBody"]["content"]["application/json"]["example"] = example


def _shared() -> dict[str, Any]:
    """Describe what routes refer to: the refusals that any may answer, and the headers all take."""
    refusals = {
        str(status): _refusal(status)
        for status in (*openapi_texts.ALWAYS, *openapi_texts.WITH_BODY)
    }
    return {
        "responses": refusals,
        "parameters": {name: _parameter(name) for name in openapi_texts.PARAMETERS},
    }


def _refusal(status: int) -> dict[str, Any]:
    """Describe a refusal by what its codes mean."""
    if status == openapi_texts.TOO_MANY:
        return openapi_texts.BY_GATEWAY
    content = {"schema": {"$ref": PROBLEM}, "example": openapi_texts.example(status)}
    return {
        "description": openapi_texts.meaning(status),
        "headers": _headers(str(status), "get"),
        "content": {"application/json": content},
    }


def _headers(status: str, method: str) -> dict[str, Any]:
    """Describe an answer's headers."""
    found = dict(openapi_texts.HEADERS)
    if status == "401":
        found |= openapi_texts.CHALLENGE
    if status == "503":
        found |= openapi_texts.RETRY
    if status.startswith("2") and method == "post":
        found |= openapi_texts.REPLAYED
    return {name: {"description": text, "schema": schema} for name, (text, schema) in found.items()}


def _parameter(name: str) -> dict[str, Any]:
    text, schema = openapi_texts.PARAMETERS[name]
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def texts() -> dict[Path, str]:
    """Return the description as it is committed, by its files."""
    described = openapi()
    return {
        TARGET: json.dumps(described, indent=2) + "\n",
        DESCRIPTION: json.dumps(described, indent=0, separators=(",", ":")) + "\n",
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text)
