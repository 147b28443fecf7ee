"""S3 and Secrets Manager, as far as our functions call them."""

import hashlib
import io
from typing import Any

from tests.simulation.aws import errors as aws_errors


class Bucket:
    """A boto3-shaped S3 client over one bucket in memory."""

    exceptions = aws_errors.S3

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Write an object whole; `IfNoneMatch` and `IfMatch` refuse what isn't as expected."""
        key, body = request["Key"], request.get("Body", b"")
        if request.get("IfNoneMatch") == "*" and key in self.objects:
            raise aws_errors.refusal("PreconditionFailed", "it exists", "PutObject", 412)
        if "IfMatch" in request and request["IfMatch"] != self._tag(key):
            raise aws_errors.refusal("PreconditionFailed", "it was replaced", "PutObject", 412)
        content = body if isinstance(body, bytes) else body.read()
        self.objects[key] = bytes(content)
        return {"ETag": self._tag(key)}

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Read an object."""
        content = self._found(request["Key"], "NoSuchKey", "GetObject")
        length = len(content)
        return {
            "Body": io.BytesIO(content),
            "ContentLength": length,
            "ETag": self._tag(request["Key"]),
        }

    def head_object(self, **request: Any) -> dict[str, Any]:
        """Say that an object is there."""
        return {"ContentLength": len(self._found(request["Key"], "404", "HeadObject"))}

    def get_object_lock_configuration(self, **request: Any) -> dict[str, Any]:
        """Say that the bucket has no Object Lock, as one has that was made without."""
        code, operation = "ObjectLockConfigurationNotFoundError", "GetObjectLockConfiguration"
        raise aws_errors.refusal(code, "Object Lock doesn't exist here", operation, 404)

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        """List keys under a prefix, in order."""
        prefix = request.get("Prefix", "")
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        contents = [
            {"Key": key, "Size": len(self.objects[key]), "ETag": self._tag(key)} for key in keys
        ]
        return {"Contents": contents, "KeyCount": len(keys), "IsTruncated": False}

    def _tag(self, key: str) -> str | None:
        """Return the mark of an object's bytes, as S3 does for what is put at once."""
        if key not in self.objects:
            return None
        return f'"{hashlib.md5(self.objects[key], usedforsecurity=False).hexdigest()}"'

    def _found(self, key: str, code: str, operation: str) -> bytes:
        if key not in self.objects:
            raise aws_errors.refusal(code, "The specified key does not exist.", operation, 404)
        return self.objects[key]


class Secrets:
    """A boto3-shaped Secrets Manager client."""

    exceptions = aws_errors.SECRETS

    def __init__(self, secrets: dict[str, str]) -> None:
        self._secrets = secrets

    def get_secret_value(self, **request: Any) -> dict[str, Any]:
        """Read a secret."""
        name = request["SecretId"]
        if name not in self._secrets:
            raise aws_errors.refusal("ResourceNotFoundException", name, "GetSecretValue")
        return {"Name": name, "SecretString": self._secrets[name]}
