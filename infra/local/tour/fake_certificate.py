"""The certificate of the fake PayPal, put among the fetched ones: PayPal's own host isn't here."""

from infra.local import gateway
from infra.stack import Stack
from kassa.gateways.paypal.certificate_store import Certificates
from kassa.platform.lean import aws as lean_aws


def keep(stack: Stack) -> None:
    """Keep it in the stack's table under the address that the fake's webhooks name."""
    told = gateway.control(stack.gateway_urls["paypal"], "certificate")
    lean_aws.install({"dynamodb": stack.client("dynamodb")})
    try:
        Certificates(stack.table).keep(told["url"], told["pem"])
    finally:
        lean_aws.install({})
