"""Calls the HTTP API of the stack, as a person or program with an API key does."""

from typing import Annotated, Any, NamedTuple

import httpx
import typer

from cli.stack import current, give_up

TIMEOUT_S = 60

ApiKey = Annotated[
    str | None,
    typer.Option("--key", envvar="KASSA_API_KEY", help="Your API key; who acts is known by it."),
]


class Answer(NamedTuple):
    """What the API answered; a refusal in one line."""

    status: int
    fields: dict[str, Any]
    refusal: str | None = None


def call(method: str, path: str, body: Any = None, key: str | None = None) -> dict[str, Any]:
    """Return the API's answer; where it refuses, say why and what to do, and exit with 1."""
    answer = ask(method, path, body, key)
    if answer.refusal is not None:
        give_up(answer.refusal)
    return answer.fields


def ask(method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
    """Return what the API answers, refusals too; exit with 1 where it takes no key or is silent."""
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
        return Answer(answer.status_code, fields)
    refusal = fields.get("error") or {}
    message = str(refusal.get("message") or f"{url} answered {answer.status_code}")
    if answer.status_code in (401, 403):
        give_up(f"the API refused this key: {message} ('kassa keys list')")
    return Answer(answer.status_code, fields, message)


def _fields(answer: httpx.Response) -> dict[str, Any]:
    """Return what an answer says; a gateway in between may answer without JSON."""
    try:
        fields = answer.json()
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {"items": fields}
