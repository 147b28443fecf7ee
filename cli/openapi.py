"""`kassa openapi`: the API's description, printed for tools or shown as a page for people."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.openapi_page import page
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
            for name, word in {**HEADERS, "Content-Length": str(len(body))}.items():
                self.send_header(name, word)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Answering
