"""Which method and path is which act."""

from infra.fake_gateways.stripe.api.reading import READING
from infra.fake_gateways.stripe.api.route import Route, Table
from infra.fake_gateways.stripe.api.writing import WRITING

ROUTES: Table = READING | WRITING


def route_of(method: str, path: str) -> tuple[Route | None, str]:
    """Return what a request is for, and the id its path names."""
    version, *parts = path.strip("/").replace("checkout/sessions", "checkout_sessions").split("/")
    object_id = parts[1] if len(parts) > 1 else ""
    pattern = (method, parts[0] if parts else "", *(["*"] if object_id else []), *parts[2:])
    return (ROUTES.get(pattern) if version == "v1" else None), object_id
