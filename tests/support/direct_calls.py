"""AWS without the wire: a call's parameters go straight to what moto keeps.

A signed HTTP request to the same process costs more than most tests and proves nothing of them.
Requests are checked by botocore's service model, errors are botocore's. What isn't listed, and
what moto refuses, takes moto's usual way: both keep their things in the same place.
`tests/house/test_direct_calls.py` holds the answers against those of the wire.
"""

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from tests.support.store_client import checked

Request = dict[str, Any]
# The parameters that a call reads, and what answers it; None sends it moto's usual way.
Known = Mapping[str, tuple[set[str], Callable[[Request], Request | None]]]


class Refused(Exception):
    """A call is refused, as AWS refuses it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 0},
        }


class DirectCalls:
    """Answers its clients' calls from moto's own models while it is open."""

    def __init__(self, known: Known) -> None:
        self.is_open, self._known = False, known

    def take(self, client: Any) -> Any:
        """Let a client's calls come here first; return the client."""
        leave = client._make_api_call

        def call(operation: str, request: Request) -> Any:
            known = self._known.get(operation)
            if not self.is_open or known is None or request.keys() - known[0]:
                return leave(operation, request)
            checked(client, operation, request)
            try:
                answer = known[1](request)
            except (ServiceException, HTTPException):
                answer = None
            except Refused as refused:
                of_client = client.exceptions.from_code(refused.response["Error"]["Code"])
                raise of_client(refused.response, operation) from None
            if answer is None:
                return leave(operation, request)
            return answer | {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}

        client._make_api_call = call
        return client
