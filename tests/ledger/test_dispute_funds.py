"""Whose a movement for a dispute is, where the gateway leaves that out, and which of them count."""

from itertools import permutations

import pytest

from kassa.gateways.events import ObjectKind
from kassa.ledger.movements.dispute_funds import Moved, owner_of
from kassa.ledger.objects import ObjectState

UNNAMED = "?pi_1/dispute"


def moved(
    out_minor: int = 0, back_minor: int = 0, belongs_to: str | None = None, assumed: bool = False
) -> ObjectState:
    """Return a movement: what was taken, what came back, or both by one object."""
    state = "reinstated" if back_minor else "withdrawn"
    return ObjectState(
        kind=ObjectKind.DISPUTE_FUNDS,
        state=state,
        amount_minor=back_minor or out_minor,
        currency="EUR",
        happened_at=0,
        left_minor=out_minor if back_minor else 0,
        is_assumed=assumed,
        belongs_to=belongs_to,
    )


def unnamed(out_minor: int = 0, back_minor: int = 0) -> ObjectState:
    """Return a movement whose dispute the gateway leaves out."""
    return moved(out_minor, back_minor, UNNAMED, assumed=True)


def owners(funds: dict[str, ObjectState]) -> dict[str, str]:
    """Return whose each movement is, the same in whatever order they are kept."""
    found = [Moved.of(dict(order)).owners for order in permutations(funds.items())]
    assert all(one == found[0] for one in found)
    return dict(found[0])


def test_a_movement_belongs_to_what_it_names_or_is_called_after() -> None:
    assert owner_of("m_1", moved(1, belongs_to="dp_1")) == "dp_1"
    assert owner_of("dp_1/funds", moved(1)) == "dp_1"
    assert owners({"dp_1/funds": moved(1), "m_2": moved(1, belongs_to="dp_2")}) == {
        "dp_1/funds": "dp_1",
        "m_2": "dp_2",
    }


@pytest.mark.parametrize(
    ("held", "back_minor", "owner"),
    [
        ({"dp_1": 30, "dp_2": 40}, 40, "dp_2"),  # the same amount
        ({"dp_1": 40, "dp_2": 40}, 40, "dp_1"),  # the first of that amount
        ({"dp_1": 30, "dp_2": 40}, 5, "dp_1"),  # the first that is still out
        ({"dp_1": 1, "dp_2": 40}, 5, "dp_1"),
        ({}, 5, "pi_1/dispute"),  # nothing was taken: the name it was given
    ],
)
def test_what_came_back_belongs_to_the_dispute_that_it_fits(
    held: dict[str, int], back_minor: int, owner: str
) -> None:
    taken = {f"{one}/taken": moved(minor, belongs_to=one) for one, minor in held.items()}

    assert owners(taken | {"pi_1/given": unnamed(0, back_minor)})["pi_1/given"] == owner


def test_what_is_back_already_is_passed_over() -> None:
    funds = {
        "dp_1/taken": moved(40, belongs_to="dp_1"),
        "dp_1/given": moved(0, 40, belongs_to="dp_1"),
        "dp_2/taken": moved(30, belongs_to="dp_2"),
        "pi_1/back": unnamed(0, 40),
    }
    assert owners(funds)["pi_1/back"] == "dp_2"


def test_where_nothing_is_out_any_more_the_first_gets_it() -> None:
    funds = {
        "dp_1/taken": moved(40, belongs_to="dp_1"),
        "dp_1/given": moved(0, 40, belongs_to="dp_1"),
        "pi_1/back": unnamed(0, 7),
    }
    assert owners(funds)["pi_1/back"] == "dp_1"


def test_two_that_came_back_fill_two_disputes() -> None:
    funds = {
        "dp_1/taken": moved(40, belongs_to="dp_1"),
        "dp_2/taken": moved(40, belongs_to="dp_2"),
        "pi_1/a": unnamed(0, 40),
        "pi_1/b": unnamed(0, 40),
    }
    assert owners(funds) | {} == {
        "dp_1/taken": "dp_1",
        "dp_2/taken": "dp_2",
        "pi_1/a": "dp_1",
        "pi_1/b": "dp_2",
    }


def test_what_was_taken_without_a_name_keeps_the_one_it_was_given_and_comes_first() -> None:
    funds = {"pi_1/z": unnamed(40), "pi_1/a": unnamed(0, 40)}

    assert owners(funds) == {"pi_1/z": "pi_1/dispute", "pi_1/a": "pi_1/dispute"}


@pytest.mark.parametrize("minor", [1, 40])
def test_what_came_back_may_be_of_what_nobody_named_either(minor: int) -> None:
    funds = {
        "dp_1/taken": moved(30, belongs_to="dp_1"),
        "pi_1/z": unnamed(minor),
        "pi_1/a": unnamed(0, minor),
    }
    assert owners(funds)["pi_1/a"] == "pi_1/dispute"


def test_a_movement_is_the_same_part_by_the_last_of_its_name() -> None:
    funds = {
        "dp_1/given": moved(0, 40, belongs_to="dp_1"),
        "shop/pi_1/given": unnamed(0, 40),
    }
    assert set(Moved.of(funds).counted()) == {"dp_1/given"}


def test_what_is_reported_again_by_name_holds_nothing_twice() -> None:
    funds = {
        "dp_1/given": moved(0, 40, belongs_to="dp_1"),
        "dp_1/taken": moved(40, belongs_to="dp_1"),
        "dp_2/taken": moved(40, belongs_to="dp_2"),
        "pi_1/given": unnamed(0, 40),  # the one that dp_1/given names by now
        "pi_1/third": unnamed(0, 40),
    }
    found = owners(funds)
    assert found["pi_1/third"] == "dp_2"
    assert "pi_1/given" not in Moved.of(funds).counted()


def test_what_is_only_assumed_by_name_hides_nothing_of_the_same_part() -> None:
    funds = {
        "dp_1/taken": moved(40, belongs_to="dp_1"),
        "dp_1/given": moved(0, 40, belongs_to="dp_1", assumed=True),
        "pi_1/given": unnamed(0, 40),
    }
    assert set(Moved.of(funds).counted()) == set(funds)


@pytest.mark.parametrize(
    ("sure", "counts"),
    [
        ([], {"a_out", "a_back"}),
        (["out"], {"dp_1/out", "a_back"}),
        (["back"], {"dp_1/back", "a_out"}),
        (["out", "back"], {"dp_1/out", "dp_1/back"}),
    ],
)
def test_what_is_assumed_gives_way_to_what_is_surely_reported_of_the_same_way(
    sure: list[str], counts: set[str]
) -> None:
    movements = {"out": moved(40, belongs_to="dp_1"), "back": moved(0, 40, belongs_to="dp_1")}
    funds = {
        "a_out": moved(40, belongs_to="dp_1", assumed=True),
        "a_back": moved(0, 40, belongs_to="dp_1", assumed=True),
    } | {f"dp_1/{one}": movements[one] for one in sure}

    assert set(Moved.of(funds).counted()) == counts


def test_one_disputes_movements_hide_none_of_anothers() -> None:
    funds = {
        "a_1": moved(40, belongs_to="dp_1", assumed=True),
        "m_2": moved(40, belongs_to="dp_2"),
    }
    assert set(Moved.of(funds).counted()) == {"a_1", "m_2"}


def test_disputes_whose_funds_came_back_unnamed_are_known_and_no_others() -> None:
    funds = {
        "dp_1/taken": moved(40, belongs_to="dp_1"),
        "dp_2/taken": moved(30, belongs_to="dp_2"),
        "dp_2/given": moved(0, 30, belongs_to="dp_2"),
        "pi_1/back": unnamed(0, 40),
        "pi_1/more": unnamed(5),
    }
    moved_all = Moved.of(funds)

    assert moved_all.returned_unnamed() == {"dp_1"}
    assert moved_all.withdrawn_owners() == {"dp_1", "dp_2", "pi_1/dispute"}
