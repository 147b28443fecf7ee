"""The parameter of the route that decides a refund: what a person does with the request."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from kassa.refunds.decision.verdict import Action

RefundAction = Annotated[Action, Path(description="What the person does with the request.")]
