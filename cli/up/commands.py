"""`kassa up`: runs Kassa and a gateway here, plays the demo on real traffic, and stays up."""

import os
import signal
import threading
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console

from cli.output import in_one_line
from cli.people.console import link_for
from cli.up import summary
from cli.up.steps import Steps
from cli.whole_numbers import PORT_MAX, between
from infra import stack as stacks
from infra.demo.actors.people import clerk
from infra.demo.checks.check import problems
from infra.demo.run import run_demo
from infra.local.embedded import embedded_stack
from infra.local.logs import keep_logs
from infra.local.place import Place, Player

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130  # as shells have it; whoever stops a stack that is up has what they came for


class Stopped(BaseException):
    """Someone stopped us; everything is ended on the way out."""


def _stop(*_: object) -> None:
    for number in STOPS:  # a second Ctrl-C mustn't cut the ending short
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.write(2, b"\nstopping\n")  # a handler may not touch buffered output
    raise Stopped


@in_one_line
def command(
    once: Annotated[bool, typer.Option(help="Stop after the summary; exit 1 if it's off.")] = False,
    port: Annotated[
        int, typer.Option(**between(1, PORT_MAX), help="Where the emulator listens.")
    ] = 4566,
    gateway_port: Annotated[
        int, typer.Option(**between(1, PORT_MAX), help="Where the gateway listens; all: the first.")
    ] = 8420,
    gateway: Annotated[
        Player,
        typer.Option(help="Who plays; all: a fake of every gateway; localstripe: no refunds."),
    ] = Player.STRIPE,
    training: Annotated[bool, typer.Option(help="To learn on; each page says so.")] = False,
) -> None:
    """Run Kassa and a gateway here, with real traffic, until Ctrl-C."""
    screen = Console(highlight=False)
    for number in STOPS:
        signal.signal(number, _stop)
    home = stacks.state_path().parent.resolve()
    place = Place(port, gateway_port, gateway, home, is_training=training)
    _refuse_ports(place)
    is_up = threading.Event()
    try:
        wrong = run(place, once, screen, is_up)
    except Stopped:
        screen.print("nothing is left running")
        raise typer.Exit(0 if is_up.is_set() else INTERRUPTED) from None
    raise typer.Exit(1 if wrong else 0)


def _refuse_ports(place: Place) -> None:
    """Refuse ports that no two can share, or that there aren't."""
    taken = list(place.gateway_ports.values())
    if place.port in taken:
        last = f" to {taken[-1]}" if len(taken) > 1 else ""
        raise typer.BadParameter(
            f"--port {place.port} is the gateway's too ({taken[0]}{last}): choose another"
        )
    if taken[-1] > PORT_MAX:
        most = PORT_MAX - len(taken) + 1
        raise typer.BadParameter(f"--gateway-port may be {most} at most for {len(taken)} gateways")


def run(place: Place, once: bool, screen: Console, is_up: threading.Event) -> list[str]:
    """Bring the stack up, play the demo, show what came of it; return what is wrong."""
    steps = Steps(screen)
    with steps, embedded_stack(place, os.getpid(), steps.show) as stack:
        try:
            result = run_demo(stack, place.home / "output", steps.show, stays_up=not once)
            wrong = problems(result)
        except Exception:
            screen.print(f"logs: {keep_logs(stack, place.home)}")
            raise
        steps.stop()
        summary.show(result, wrong, screen)
        if wrong:
            screen.print(f"logs: {keep_logs(stack, place.home)}")
        if not once:
            is_up.set()
            stay(stack, screen)
    return wrong


def stay(stack: stacks.Stack, screen: Console) -> None:
    """Publish the stack to other terminals and wait to be stopped."""
    try:
        stacks.write(stack)
        summary.show_addresses(stack, link_for(stack, clerk(stack)), screen)
        threading.Event().wait()
    finally:
        stacks.state_path().unlink(missing_ok=True)
