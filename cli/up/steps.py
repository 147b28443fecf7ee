"""Shows what `kassa up` is doing: its step, seconds and counts on a terminal, plain lines else."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text


class _Seconds(ProgressColumn):
    """How long the step has taken, and all of them."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return both, to the second."""
        step_s, all_s = time.monotonic() - task.fields["since"], task.elapsed or 0.0
        return Text(f"{step_s:.0f} s, {all_s:.0f} s in all", style="dim")


class Steps:
    """Shows each step while it runs: one line that goes on by itself, or a line for each."""

    def __init__(self, screen: Console) -> None:
        """Take the screen to show on; nothing is shown before the first step."""
        self._screen, self._start, self._count = screen, time.monotonic(), 0
        columns = SpinnerColumn(), TextColumn("{task.description}"), _Seconds()
        self._line = Progress(*columns, console=screen, transient=True)
        self._task = self._line.add_task("starting", total=None, since=self._start)

    def __enter__(self) -> "Steps":
        """Begin to show, on a terminal."""
        if self._screen.is_terminal:
            self._line.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the screen to what comes next, however the steps ended."""
        self.stop()

    def stop(self) -> None:
        """Show nothing more; the line is gone from a terminal."""
        self._line.stop()

    def show(self, step: str) -> None:
        """Show the step that begins now, and which one it is."""
        self._count += 1
        now = time.monotonic()
        if self._screen.is_terminal:
            line = f"{self._count}. {step}"
            self._line.update(self._task, description=line, since=now)
        else:
            self._screen.print(f"{now - self._start:5.1f} s  {step}", soft_wrap=True)
