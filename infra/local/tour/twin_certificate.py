"""The certificate of PayPal's twin, put among the fetched ones: PayPal's own host isn't here."""

from cli.stack import Stack
from infra.local import gateway
from kassa.adapters import lean_aws
from kassa.adapters.certificates import Certificates


def keep(stack: Stack) -> None:
    """Keep it in the stack's table under the address that the twin's webhooks name."""
    told = gateway.control(stack.gateway_urls["paypal"], "certificate")
    lean_aws.install({"dynamodb": stack.client("dynamodb")})
    try:
        Certificates(stack.table).keep(told["url"], told["pem"])
    finally:
        lean_aws.install({})
