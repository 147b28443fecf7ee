"""Circuits: three silences in a row begin a rest, each further one a longer one."""

from datetime import timedelta

import pytest

from kassa.platform.pacing.circuits import Circuit, is_resting, rests_until
from tests.support.builders import NOW


@pytest.mark.parametrize(
    ("silences", "seconds"),
    [(3, 60), (4, 120), (5, 240), (6, 300), (7, 300), (10_000, 300)],
)
def test_a_rest_doubles_up_to_five_minutes(silences: int, seconds: int) -> None:
    assert rests_until(silences, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("silences", [0, 1, 2])
def test_fewer_than_three_silences_begin_no_rest(silences: int) -> None:
    assert rests_until(silences, NOW) is None


def test_a_rest_is_over_at_its_instant() -> None:
    circuit = Circuit(silences=3, rests_until=NOW)

    assert is_resting(circuit, NOW - timedelta(seconds=1))
    assert not is_resting(circuit, NOW)
    assert not is_resting(Circuit(silences=2), NOW)


@pytest.mark.parametrize(
    ("circuit", "is_clean"),
    [
        (Circuit(), True),
        (Circuit(silences=1), False),
        (Circuit(rests_until=NOW), False),
    ],
)
def test_an_answer_is_news_after_any_silence(circuit: Circuit, is_clean: bool) -> None:
    assert circuit.is_clean is is_clean
