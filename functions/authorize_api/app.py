"""Tell the HTTP API whether a request's API key may use the route it asks for, and who asks."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.adapters import clock
from kassa.adapters.api_keys import ApiKeys
from kassa.adapters.authorizer_context import context_of
from kassa.adapters.persons import Persons
from kassa.observability import logger
from kassa.operations.authorize_api import Door, authorize_api


@logger.inject_lambda_context(log_event=False)  # the event holds the key
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an authorizer request of payload 2.0 with a simple response."""
    route = str(event.get("routeKey", ""))
    words = (event.get("headers") or {}).get("authorization", "")
    caller = authorize_api(route, words, Door(ApiKeys(), Persons(), clock.now()))
    if caller is None:
        logger.warning("request denied", route=route)
        return {"isAuthorized": False}
    logger.info("request allowed", route=route, key_id=caller.key_id, person_id=caller.person_id)
    return {"isAuthorized": True, "context": context_of(caller)}
