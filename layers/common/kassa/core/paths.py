"""Paths into a JSON body: dotted names with [n] for lists; they find, and compute nothing."""

import re
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, StrictStr

LENGTH_MAX, STEPS_MAX = 200, 20
_STEP = re.compile(r'([A-Za-z0-9_$@:-]+)|"([^"\\]+)"|\[([0-9]{1,4})\]')
_HOW = 'a path is written like data.object.id, data.items[0].id or data."odd.name"'


def _well_formed(path: str) -> str:
    steps(path)
    return path


Path = Annotated[StrictStr, AfterValidator(_well_formed)]


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[str | int, ...]:
    """Return a path's steps: names and places in lists; raise ValueError where it can't be read."""
    if not path or len(path) > LENGTH_MAX:
        raise ValueError(f"has {len(path)} characters, 1 to {LENGTH_MAX} are allowed; {_HOW}")
    found: list[str | int] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at + (path[at] == "." and at > 0))
        if step is None or (step[3] is None) is (at > 0 and path[at] != "."):
            raise ValueError(f"{path!r} can't be read at character {at + 1}; {_HOW}")
        found.append(step[1] or step[2] or int(step[3]))
        at = step.end()
    if len(found) > STEPS_MAX:
        raise ValueError(f"has {len(found)} steps, {STEPS_MAX} are allowed")
    return tuple(found)


def find(path: str, body: object) -> Any:
    """Return what stands at a path; nothing where the way ends before."""
    here = body
    for step in steps(path):
        if isinstance(step, str) and isinstance(here, dict):
            here = here.get(step)
        elif isinstance(step, int) and isinstance(here, list) and step < len(here):
            here = here[step]
        else:
            return None
    return here
