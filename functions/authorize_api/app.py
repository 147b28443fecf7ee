"""Tell the HTTP API whose API key a request bears, or why it isn't let in."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.api.authorize_api import Door, authorize_api
from kassa.core.callers import context_of
from kassa.people.api_key_store import ApiKeys
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.platform.telemetry import logger


@logger.inject_lambda_context(log_event=False)  # the event holds the key
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer payload 2.0. API Gateway makes a bare 403 of every no, so a refusal goes on as well,
    without a key: http_api/api.py lets nobody in who has none, and says why.
    """
    route = str(event.get("routeKey", ""))
    credentials = (event.get("headers") or {}).get("authorization", "")
    access = authorize_api(route, credentials, Door(ApiKeys(), Persons(), clock.now()))
    if (caller := access.caller) is None:
        logger.warning("request refused", route=route, reason=access.refusal)
        return {"isAuthorized": True, "context": access.why}
    logger.info("request allowed", route=route, key_id=caller.key_id, person_id=caller.person_id)
    return {"isAuthorized": True, "context": context_of(caller)}
