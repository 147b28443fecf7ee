"""The route that lists imports of gateways' pasts."""

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.http_api.api import OK
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.ledger.lists import import_runs
from kassa.ledger.lists.import_runs import ImportPage
from kassa.platform.index_pages import PageRequest

routes = Router()  # type: ignore[no-untyped-call]


@routes.get(
    "/imports",
    operation_id="listImports",
    summary="The imports of gateways' pasts",
    tags=["events"],
    responses=OK,
)
def get_imports(cursor: Cursor = None, limit: Limit = 50) -> ImportPage:
    """Return a page of the imports, newest first: how far each is, and what became of its rows."""
    return import_runs.listed(PageRequest(cursor, limit))
