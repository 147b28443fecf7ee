"""The parameters of the routes of refunds: which request, and what a person does with it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from kassa.http_api.list_parameters import an_id
from kassa.refunds.decision.review import Action

RefundRequestId = Annotated[str, an_id("As it was told when the refund was requested.")]
RefundAction = Annotated[Action, Path(description="What the person does with the request.")]
