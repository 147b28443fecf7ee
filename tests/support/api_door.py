"""The API as a WSGI application: the template's routes, its authorizer and its real handlers.

What API Gateway does in between is done here as its documents say: the most specific route, the
authorizer's context, payload 2.0. Nothing listens; a test's client calls it.
"""

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote

from functions.authorize_api.app import lambda_handler as authorize
from tests.support.aws_stack import Context
from tests.support.template import names_in, resources

OPEN = "/portal/"  # without an API key
REASONS = {200: "OK", 201: "Created"}


def _routes() -> list[tuple[str, re.Pattern[str], str, str]]:
    """Return method, path, route key and function of every described route; literal first."""
    found = []
    for route in resources("ApiGatewayV2::Route").values():
        key = route["RouteKey"]
        method, _, path = key.partition(" ")
        if not path or not (route.get("AuthorizerId") or path.startswith(OPEN)):
            continue
        (integration,) = names_in(route["Target"])
        name = re.sub("(?<!^)([A-Z])", r"_\1", integration.removesuffix("Integration")).lower()
        pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))
        found.append((method, pattern, key, name))
    return sorted(found, key=lambda one: one[2].count("{"))


ROUTES = _routes()


class ApiDoor:
    """A WSGI application in front of the handlers."""

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request as the deployed API does."""
        event, name = self._event(environ)
        answer = import_module(f"functions.{name}.app").lambda_handler(event, Context())
        headers = [(str(name), str(text)) for name, text in answer.get("headers", {}).items()]
        status = int(answer["statusCode"])
        start_response(f"{status} {REASONS.get(status, 'Answer')}", headers)
        return [answer["body"].encode()]

    def _event(self, environ: dict[str, Any]) -> tuple[dict[str, Any], str]:
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        key, name, named = "$default", "serve_api", {}
        for of_method, pattern, of_key, of_name in ROUTES:
            if of_method == method and (match := pattern.fullmatch(path)):
                key, name, named = of_key, of_name, match.groupdict()
                break
        query: dict[str, str] = {}
        for param, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True):
            query[param] = f"{query[param]},{value}" if param in query else value
        headers = {
            param.removeprefix("HTTP_").replace("_", "-").lower(): value
            for param, value in environ.items()
            if param.startswith("HTTP_") or param in ("CONTENT_TYPE", "CONTENT_LENGTH")
        }
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode("utf-8", errors="replace")
        event = {
            "version": "2.0",
            "routeKey": key,
            "rawPath": path,
            "rawQueryString": environ.get("QUERY_STRING", ""),
            "headers": headers,
            "queryStringParameters": query or None,
            "pathParameters": {param: unquote(value) for param, value in named.items()},
            "requestContext": {
                "requestId": "request-1",
                "stage": "$default",
                "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
            },
            "body": body or None,
            "isBase64Encoded": False,
        }
        if not path.startswith(OPEN) or key == "$default":
            caller = authorize(event, Context())  # type: ignore[arg-type]
            event["requestContext"] |= {"authorizer": {"lambda": caller["context"]}}
        return event, name
