"""`kassa openapi`: the API's description, printed for tools or shown as a page for people.

The page is HTML without a script, and fetches nothing from elsewhere.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import in_one_line, say
from cli.stack import give_up
from cli.whole_numbers import PORT_MAX, between

DESCRIPTION = Path(__file__).parents[1] / "docs" / "openapi.json"
HOST = "127.0.0.1"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}

Described = dict[str, Any]

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; text-transform: capitalize; }
section { border: 1px solid var(--line); border-radius: 8px; padding: 0 1rem 1rem; margin: 1rem 0; }
h3 code { font-size: 1rem; } b { font-variant: small-caps; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; }
td, th { border-top: 1px solid var(--line); }
pre { background: var(--soft); padding: .8rem; border-radius: 6px; overflow-x: auto; }
nav a { margin-right: 1rem; }
"""

app = typer.Typer(invoke_without_command=True)


@app.callback(invoke_without_command=True)
@in_one_line
def openapi(
    serve: Annotated[bool, typer.Option("--serve", help="Show it as a page, here only.")] = False,
    port: Annotated[int, typer.Option(**between(1, PORT_MAX), help="Where the page is.")] = 8480,
) -> None:
    """Print the API's description as OpenAPI 3.1, or show it as a page until Ctrl-C."""
    described = DESCRIPTION.read_text()
    if not serve:
        typer.echo(described, nl=False)
        return
    try:
        server = ThreadingHTTPServer((HOST, port), _answering(page(described)))
    except OSError as error:
        give_up(f"{HOST}:{port} can't be served ({error.strerror}): name another --port")
    say(f"The API's description is at http://{HOST}:{server.server_port}/ until Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("The page is closed.")
    finally:
        server.server_close()


def _answering(html: str) -> type[BaseHTTPRequestHandler]:
    """Return what answers every request with the one page."""

    class Answering(BaseHTTPRequestHandler):
        """Answers with the page; it logs nothing."""

        def do_GET(self) -> None:
            body = html.encode()
            self.send_response(200)
            for name, value in {**HEADERS, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Answering


def page(text: str) -> str:
    """Return the page of a description, as it is committed."""
    described = json.loads(text)
    info, tags = described["info"], sorted(_by_tag(described))
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])}</title>",
        "<meta name=viewport content='width=device-width, initial-scale=1'>",
        f"<style>{_STYLE}</style><h1>{escape(info['title'])}</h1>",
        f"<p>{_prose(info['description'])}</p><p>Version {escape(info['version'])}</p><nav>",
        *(f"<a href='#{escape(tag)}'>{escape(tag)}</a>" for tag in tags),
        "</nav>",
    ]
    for tag in tags:
        parts.append(f"<h2 id='{escape(tag)}'>{escape(tag)}</h2>")
        parts += [_operation(described, *one) for one in _by_tag(described)[tag]]
    return "\n".join(parts)


def _by_tag(described: Described) -> dict[str, list[tuple[str, str, Described]]]:
    found: dict[str, list[tuple[str, str, Described]]] = {}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            found.setdefault(route["tags"][0], []).append((method.upper(), path, route))
    return found


def _operation(described: Described, method: str, path: str, route: Described) -> str:
    parts = [
        f"<section id='{escape(route['operationId'])}'>",
        f"<h3><b>{method}</b> <code>{escape(path)}</code></h3>",
        f"<p>{_prose(route['summary'])}. {_prose(route.get('description', ''))}</p>",
        _table("Parameter", _parameters(described, route)),
    ]
    body = route.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in body:
        parts.append(f"<pre>{escape(json.dumps(body['example'], indent=2))}</pre>")
    parts += [_table("Answer", _answers(described, route)), "</section>"]
    return "\n".join(parts)


def _parameters(described: Described, route: Described) -> Iterator[tuple[str, str]]:
    for one in route.get("parameters", []):
        parameter = _resolved(described, one)
        must = ", required" if parameter.get("required") else ""
        yield f"{parameter['name']} ({parameter['in']}{must})", parameter.get("description", "")


def _answers(described: Described, route: Described) -> Iterator[tuple[str, str]]:
    for status, one in route["responses"].items():
        yield status, _resolved(described, one)["description"]


def _resolved(described: Described, one: Described) -> Described:
    """Return what a description refers to, or itself."""
    found: Any = described
    if "$ref" not in one:
        return one
    for part in one["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _prose(text: str) -> str:
    """Return a text of the description with what stands in backticks as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def _table(title: str, rows: Iterator[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td><code>{escape(name)}</code><td>{_prose(text)}" for name, text in rows)
    return f"<table><tr><th>{title}<th>What it is{cells}</table>" if cells else ""
