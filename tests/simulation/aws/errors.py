"""The errors a boto3 client raises, made without a client: the same classes, codes and shapes."""

from functools import cache
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

_DYNAMODB_NAMES = (
    "ConditionalCheckFailedException",
    "IdempotentParameterMismatchException",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
)
_S3_NAMES = ("NoSuchKey", "NoSuchBucket", "PreconditionFailed")
_SECRET_NAMES = ("ResourceNotFoundException", "InternalServiceError", "InvalidRequestException")
_SQS_NAMES = ("QueueDoesNotExist", "RequestThrottled", "InvalidMessageContents")
_EVENTS_NAMES = ("InternalException", "ResourceNotFoundException")


class Exceptions:
    """What stands at `client.exceptions`: one class an error code, all of them ClientErrors."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.ClientError = ClientError
        for name in names:
            setattr(self, name, _error_class(name))

    def __getattr__(self, name: str) -> type[ClientError]:
        """Refuse a class that the real client doesn't have, as it would."""
        raise AttributeError(name)


@cache
def _error_class(code: str) -> type[ClientError]:
    return type(code, (ClientError,), {})


DYNAMODB = Exceptions(_DYNAMODB_NAMES)
S3 = Exceptions(_S3_NAMES)
SECRETS = Exceptions(_SECRET_NAMES)
SQS = Exceptions(_SQS_NAMES)
EVENTS = Exceptions(_EVENTS_NAMES)
SES = Exceptions(("MessageRejected", "TooManyRequestsException"))

_MODELLED = {
    *_DYNAMODB_NAMES,
    *_S3_NAMES,
    *_SECRET_NAMES,
    *_SQS_NAMES,
    *_EVENTS_NAMES,
}


def refusal(code: str, message: str, operation: str, status: int = 400, **more: Any) -> ClientError:
    """Return the error a service answers with; `more` stands beside `Error`, as boto3 has it."""
    response: dict[str, Any] = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    made = _error_class(code) if code in _MODELLED else ClientError
    return made(response, operation)


def validation(message: str, operation: str = "") -> ClientError:
    """Return DynamoDB's answer to a request that makes no sense."""
    return refusal("ValidationException", message, operation)


def throttled(service: str, operation: str) -> ClientError:
    """Return the answer of a service that has had enough of us."""
    code = {
        "dynamodb": "ProvisionedThroughputExceededException",
        "sqs": "RequestThrottled",
        "s3": "SlowDown",
    }.get(service, "ThrottlingException")
    return refusal(code, "Rate exceeded", operation, 503 if service == "s3" else 400)


def no_connection(service: str) -> ConnectTimeoutError:
    """Return what botocore raises when a request never arrived."""
    return ConnectTimeoutError(endpoint_url=f"https://{service}.simulated")


def no_answer(service: str) -> ReadTimeoutError:
    """Return what botocore raises when an answer never came; the effect may stand."""
    return ReadTimeoutError(endpoint_url=f"https://{service}.simulated")
