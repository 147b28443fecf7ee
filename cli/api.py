"""Calls the HTTP API of the stack, as a person or program with an API key does."""

from typing import Annotated, Any

import httpx
import typer

from cli.stack import current, give_up

TIMEOUT_S = 60

ApiKey = Annotated[
    str | None,
    typer.Option("--key", envvar="KASSA_API_KEY", help="Your API key; who acts is known by it."),
]


def call(method: str, path: str, body: Any = None, key: str | None = None) -> dict[str, Any]:
    """Return the API's answer; where it refuses, say why and what to do, and exit with 1."""
    if not key:
        give_up("who are you? Give an API key with --key or KASSA_API_KEY: 'kassa keys create'")
    url = f"{current().base_url}{path}"
    headers = {"Authorization": f"Bearer {key}"}
    try:
        answer = httpx.request(method, url, json=body, headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        give_up(f"{url} doesn't answer ({error}): 'kassa doctor' says what is wrong")
    fields = _fields(answer)
    if answer.is_success:
        return fields
    refusal = fields.get("error") or {}
    message = str(refusal.get("message") or f"{url} answered {answer.status_code}")
    if answer.status_code in (401, 403):
        message = f"the API refused this key: {message} ('kassa keys list')"
    give_up(message)


def _fields(answer: httpx.Response) -> dict[str, Any]:
    """Return what an answer says; a gateway in between may answer without JSON."""
    try:
        fields = answer.json()
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {"items": fields}
