"""How many examples a property tries: few by day where each costs much, many by night."""

from typing import Any

from hypothesis import settings


def few(examples: int, **more: Any) -> settings:
    """Return settings of as many examples; `make properties` tries as many as of any other."""
    is_day = settings.get_current_profile_name() == "kassa"
    return settings(max_examples=examples if is_day else settings().max_examples, **more)
