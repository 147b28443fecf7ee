"""`kassa up`: runs Kassa and a gateway here, does the main job on real traffic, and stays up."""

import os
import signal
import threading
import time
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from cli import stack as stacks
from cli import summary
from cli.output import in_one_line
from cli.up_jobs import do_job
from infra.local.embedded import embedded_stack
from infra.local.logs import keep_logs
from infra.local.place import Place, Player

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Someone asked us to stop; everything is ended on the way out."""


def _stop(*_: object) -> None:
    for number in STOPS:  # a second Ctrl-C mustn't cut the ending short
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.write(2, b"\nstopping\n")  # a handler may not touch buffered output
    raise Stopped


@in_one_line
def command(
    once: Annotated[bool, typer.Option(help="Stop after the summary; exit 1 if it's off.")] = False,
    port: Annotated[int, typer.Option(help="Where the emulator listens.")] = 4566,
    gateway_port: Annotated[int, typer.Option(help="Where the gateway listens.")] = 8420,
    gateway: Annotated[
        Player,
        typer.Option(help="Who plays; all: a twin of every gateway; localstripe: no refunds."),
    ] = Player.TWIN,
) -> None:
    """Run Kassa and a gateway here, with real traffic, until Ctrl-C."""
    screen = Console(highlight=False)
    for number in STOPS:
        signal.signal(number, _stop)
    place = Place(port, gateway_port, gateway, stacks.state_path().parent.resolve())
    try:
        wrong = run(place, once, screen)
    except Stopped:
        screen.print("stopped; nothing is left running")
        raise typer.Exit(0 if not once else 1) from None
    raise typer.Exit(1 if wrong else 0)


def run(place: Place, once: bool, screen: Console) -> list[str]:
    """Bring the stack up, do the main job, show what came of it; return what is wrong."""
    steps = Steps(screen)
    with steps.status, embedded_stack(place, os.getpid(), steps.tell) as stack:
        try:
            show, wrong = do_job(stack, place, steps.tell)
        except Exception:
            screen.print(f"logs: {keep_logs(stack, place.home)}")
            raise
        steps.status.stop()
        show(screen)
        if wrong:
            screen.print(f"logs: {keep_logs(stack, place.home)}")
        if not once:
            stay(stack, screen)
    return wrong


def stay(stack: stacks.Stack, screen: Console) -> None:
    """Publish the stack to other terminals and wait to be stopped."""
    try:
        stacks.write(stack)
        summary.show_addresses(stack, screen)
        threading.Event().wait()
    finally:
        stacks.state_path().unlink(missing_ok=True)


class Steps:
    """Shows each step while it runs: a line that moves on a terminal, plain lines elsewhere."""

    def __init__(self, screen: Console) -> None:
        """Take the screen to show on."""
        self._screen, self._start = screen, time.monotonic()
        self.status = Status("starting", console=screen)

    def tell(self, step: str) -> None:
        """Show the step that begins now."""
        self.status.update(step)
        if not self._screen.is_terminal:
            self._screen.print(f"{time.monotonic() - self._start:5.1f} s  {step}")
