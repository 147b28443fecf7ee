"""AWS clients for receive_webhook alone: botocore, without boto3 and what a cold start can spare.

The loader looks only into botocore's own data (which the layer ships pruned), never into a
home folder. What we send is built by us, so validating it against the service model at every call
(a third of a call's time) proves nothing; the tests do. A supplied user agent saves building one.
Time-outs leave room for every attempt inside the function's own.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

_CONFIG = Config(
    user_agent="kassa",
    parameter_validation=False,
    retries={"total_max_attempts": 3, "mode": "standard"},
    connect_timeout=1,
    read_timeout=3,
    tcp_keepalive=True,
)

_installed: dict[str, Any] = {}


@cache
def _session() -> Session:
    session = Session()
    session.register_component(
        "data_loader",
        Loader(
            extra_search_paths=[Loader.BUILTIN_DATA_PATH],
            include_default_search_paths=False,
        ),
    )
    return session


@cache
def _made(service: str) -> Any:
    return _session().create_client(service, config=_CONFIG)


def client(service: str) -> Any:
    """Return the client of a service, made at first use and kept with its connections."""
    return _installed.get(service) or _made(service)


def open_at_init(*services: str) -> None:
    """Make clients while the execution environment starts, where Lambda gives a whole CPU."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        for service in services:
            client(service)


def install(clients: Mapping[str, Any]) -> None:
    """Use these clients from now on; an empty mapping brings the real ones back."""
    _installed.clear()
    _installed.update(clients)
    _made.cache_clear()
    _session.cache_clear()
