"""AWS clients, made once an execution environment; tests and the simulation install theirs."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_installed: dict[str, Any] = {}

# A supplied user agent saves botocore from building one at every call (a fifth of its time), and
# requests built here need no check against the service model (a third of it): the tests hold them.
_CONFIG = Config(
    user_agent="kassa",
    parameter_validation=False,
    retries={"total_max_attempts": 3, "mode": "standard"},
    connect_timeout=2,
    read_timeout=10,
)


_HASTY = _CONFIG.merge(Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1))
_ONCE = _CONFIG.merge(Config(retries={"total_max_attempts": 1}))


@cache
def _made(service: str, config: Config = _CONFIG) -> Any:
    return boto3.client(service, config=config)


def client(service: str) -> Any:
    """Return the low-level client of a service, made at first use."""
    return _installed.get(service) or _made(service)


def hasty_client(service: str) -> Any:
    """Return a client that asks once and not for long, for what may as well be left undone."""
    return _installed.get(service) or _made(service, _HASTY)


def client_that_asks_once(service: str) -> Any:
    """Return a client that never repeats a request, for what would be done twice by that."""
    return _installed.get(service) or _made(service, _ONCE)


def install(clients: Mapping[str, Any]) -> None:
    """Use these clients from now on; an empty mapping brings the real ones back."""
    _installed.clear()
    _installed.update(clients)
    _made.cache_clear()
