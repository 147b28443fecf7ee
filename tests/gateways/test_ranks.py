"""How far an object is: what is sure outranks what is assumed, what is settled what is said."""

from kassa.gateways.events import ObjectKind
from kassa.gateways.states import RANKS, Certainty, rank

K, C = ObjectKind, Certainty


def test_a_charge_rises_in_this_order() -> None:
    rising = [
        ("pending", C.REPORTED),
        ("authorized", C.REPORTED),
        ("failed", C.REPORTED),
        ("released", C.ASSUMED),
        ("captured", C.ASSUMED),
        ("released", C.REPORTED),
        ("captured", C.REPORTED),
        ("returned", C.REPORTED),
        ("captured", C.SETTLED),
        ("returned", C.SETTLED),
    ]
    ranks = [rank(K.CHARGE, state, certainty) for state, certainty in rising]

    assert ranks == sorted(set(ranks))


def test_certainty_changes_no_other_rank() -> None:
    for kind, states in RANKS.items():
        for state, plain in states.items():
            for certainty in C:
                assert kind is K.CHARGE or rank(kind, state, certainty) == plain
    assert rank(K.CHARGE, "failed", C.ASSUMED) == rank(K.CHARGE, "failed")
    assert rank(K.CHARGE, "released", C.SETTLED) == rank(K.CHARGE, "released")
