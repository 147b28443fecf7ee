"""Tables of the command line: what an operator copies out of them stays whole at 80 columns."""

from io import StringIO

from rich.console import Console

from cli.output import keep_whole, table

EVENT = "balance:txn_0000237bd702d0d82f10332f"
PAYMENT = "pi_00001d8f7bc1214cb9aa73c5"


def shown_in(width: int, event_id: str) -> list[str]:
    made = table("Events", ["Booked", "Event, about", "Type, facts"])
    made.add_row("02:25:20", f"{event_id}\n[dim]{PAYMENT}[/dim]", "kassa.balance_transaction")
    written = StringIO()
    Console(file=written, width=width).print(keep_whole(made, "Event, about"))
    return written.getvalue().splitlines()


def test_an_id_stands_in_one_line_at_80_columns() -> None:
    lines = shown_in(80, EVENT)

    assert any(EVENT in line for line in lines)
    assert any(PAYMENT in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_longer_id_is_folded_and_nothing_of_it_is_lost() -> None:
    lines = shown_in(80, "e" * 100)

    assert "".join(lines).count("e" * 36) == 2
    assert sum(line.count("e" * 28) for line in lines) == 3
    assert max(map(len, lines)) <= 80
