"""Ports that meet each other are refused before anything starts."""

from pathlib import Path

import pytest

from infra.local.embedded import embedded_stack
from infra.local.errors import DemoError
from infra.local.place import Place, Player


@pytest.mark.parametrize("player", [Player.STRIPE, Player.ALL])
def test_a_gateways_port_that_is_the_emulators_is_refused(player: Player, tmp_path: Path) -> None:
    gateways = len(Place(gateway=player).gateway_ports)
    place = Place(20_000 + gateways, 20_000, player, home=tmp_path)

    with pytest.raises(DemoError, match="meant twice"), embedded_stack(place, 1, print):
        pytest.fail("it started")

    assert list(tmp_path.glob("run-*")) == []
