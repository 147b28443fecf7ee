"""The picture of the rooms is drawn from the imports as they are, and leaves nothing untold."""

from infra.architecture_page import EVERYWHERE, PAGE, arrows, floors, uses, written


def test_the_picture_of_the_rooms_is_current() -> None:
    page = PAGE.read_text()

    assert written(page) == page, "run '.venv/bin/python -m infra.architecture_page'"


def reached(drawn: set[tuple[str, str]], room: str) -> set[str]:
    """Return the rooms that the arrows lead to from a room."""
    near = {other for own, other in drawn if own == room}
    return near | {far for one in near for far in reached(drawn, one)}


def test_whatever_a_room_uses_is_led_to_by_arrows() -> None:
    drawn = set(arrows())

    assert len(drawn) > 10
    for room, used in uses().items():
        if room not in EVERYWHERE:
            assert used - set(EVERYWHERE) <= reached(drawn, room)


def test_every_room_stands_on_a_floor_and_arrows_lead_down() -> None:
    height = {room: n for n, floor in enumerate(floors()) for room in floor}

    assert {"ledger", "refunds", "gateways", "core"} <= height.keys()
    assert all(height[own] < height[other] for own, other in arrows())
