"""What came of opening a payment page is published for reports, and keeps no customer waiting."""

from typing import Any

import pytest

from kassa.orders.order import Device, device_of
from tests.support.order_requests import post
from tests.support.order_scene import SILENT, OrderScene, scene
from tests.support.orders import ORDER_BODY

__all__ = ["scene"]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
TABLET = "Mozilla/5.0 (Linux; Android 15; SM-X710) AppleWebKit/537.36 Chrome/130 Safari/537.36"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile Safari/537.36"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def submitted(scene: OrderScene) -> list[dict[str, Any]]:
    """Return what was published of attempts."""
    return [fact for name, fact in scene.bus.facts if name == "CheckoutSubmitted"]


def test_an_opened_page_says_what_it_offered_where_and_on_what(scene: OrderScene) -> None:
    assert post(ORDER_BODY | {"method": "card", "device": "phone"})["statusCode"] == 200
    post(ORDER_BODY | {"method": "card", "device": "phone"})

    (fact,) = submitted(scene)
    data = fact["data"]
    assert fact["metadata"]["fact_id"] == "order-1:order-1.1:CheckoutSubmitted"
    assert (data["outcome"], data["method"], data["offered"]) == ("open", "card", ["card"])
    assert (data["device"], data["country"]) == ("phone", ORDER_BODY.get("country"))
    assert data["answered_ms"] >= 0


def test_a_gateway_that_is_silent_is_said_to_be_unknown(scene: OrderScene) -> None:
    scene.north.acts = [SILENT]
    post(ORDER_BODY)

    (fact,) = submitted(scene)
    assert fact["data"]["outcome"] == "unknown"
    assert "answered_ms" not in fact["data"]


def test_another_device_is_no_other_order(scene: OrderScene) -> None:
    first = post(ORDER_BODY | {"device": "phone"})
    again = post(ORDER_BODY | {"device": "desktop"})

    assert (again["statusCode"], again["content"]) == (200, first["content"])
    assert post(ORDER_BODY | {"device": "fridge"})["statusCode"] == 400


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (PHONE, Device.PHONE), (ANDROID, Device.PHONE), (TABLET, Device.TABLET),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)", Device.TABLET),
        (DESKTOP, Device.DESKTOP), ("curl/8.5.0", None), ("", None),
    ],
)  # fmt: skip
def test_a_browser_says_what_it_runs_on(user_agent: str, device: Device | None) -> None:
    assert device_of(user_agent) is device
