"""`kassa openapi`: the description as it is committed, and a page that fetches nothing."""

import json
import re
import threading
from http.server import ThreadingHTTPServer

import httpx
from typer.testing import CliRunner

from cli import openapi
from cli.main import app
from cli.openapi import page


def test_it_prints_the_description_as_it_is_committed() -> None:
    result = CliRunner().invoke(app, ["openapi"])

    assert result.exit_code == 0
    assert result.stdout == openapi.DESCRIPTION.read_text()


def test_the_page_shows_every_route_and_fetches_nothing() -> None:
    html = page(openapi.DESCRIPTION.read_text())
    paths = json.loads(openapi.DESCRIPTION.read_text())["paths"]

    assert [path for path in paths if f"<code>{path}</code>" not in html] == []
    assert "<script" not in html
    assert re.findall(r"(?:src|url\(|@import|<link)", html) == []


def test_what_the_description_says_stays_text() -> None:
    described = json.loads(openapi.DESCRIPTION.read_text())
    described["info"]["title"] = "<script>alert(1)</script>"

    assert "<script>" not in page(json.dumps(described))


def test_what_stands_in_backticks_is_code_and_still_escaped() -> None:
    described = json.loads(openapi.DESCRIPTION.read_text())
    described["info"]["description"] = "branch on `type`, not `<b>`"

    html = page(json.dumps(described))

    assert "branch on <code>type</code>, not <code>&lt;b&gt;</code>" in html
    assert "`" not in html


def test_the_page_is_served_here_alone_with_a_policy_that_lets_nothing_in() -> None:
    server = ThreadingHTTPServer((openapi.HOST, 0), openapi._answering("<p>page"))
    threading.Thread(target=server.handle_request).start()
    answer = httpx.get(f"http://{openapi.HOST}:{server.server_port}/")
    server.server_close()

    assert (answer.status_code, answer.text) == (200, "<p>page")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_port_that_is_taken_is_reported_in_one_line() -> None:
    with ThreadingHTTPServer((openapi.HOST, 0), openapi._answering("")) as taken:
        result = CliRunner().invoke(app, ["openapi", "--serve", "--port", str(taken.server_port)])

    assert result.exit_code == 1
    assert "name another --port" in result.stderr
