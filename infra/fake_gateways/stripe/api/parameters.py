"""Stripe's parameters: nested forms read into plain values, each checked as Stripe checks it."""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

from infra.fake_gateways.stripe.api.errors import Refusal

Params = Mapping[str, Any]
_PART = re.compile(r"\[([^\]]*)\]")
_METADATA_MAX, _KEY_MAX, _VALUE_MAX = 50, 40, 500


def parsed(text: str) -> dict[str, Any]:
    """Read `a[b]=1&c[]=2&c[]=3` or `c[0]=2` into nested mappings and lists."""
    form: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, *_ = name.split("[", 1)
        _put(form, [head, *_PART.findall(name)], value)
    return {key: _with_lists(value) for key, value in form.items()}


def _put(form: dict[str, Any], path: list[str], value: str) -> None:
    """Set a value deep in a form; an empty part counts up."""
    for part in path[:-1]:
        inner = form.get(part)
        form = form.setdefault(part, {}) if not isinstance(inner, str) else {}
    form[path[-1] or str(len(form))] = value


def _with_lists(value: Any) -> Any:
    """Turn mappings whose keys count from zero into lists."""
    if not isinstance(value, dict):
        return value
    inner = [(key, _with_lists(one)) for key, one in value.items()]
    if inner and all(key == str(n) for n, (key, _) in enumerate(inner)):
        return [one for _, one in inner]
    return dict(inner)


def only(params: Params, known: Collection[str]) -> None:
    """Refuse parameters that the method doesn't have."""
    for name in params:
        if name not in known:
            raise Refusal(f"Received unknown parameter: {name}", "parameter_unknown", name)


def text(params: Params, name: str) -> str | None:
    """Return a string; an empty one unsets, as in Stripe."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refusal(f"Invalid string: {value}", param=name)
    return value


def mapping(params: Params, name: str) -> dict[str, Any]:
    """Return a nested object; nothing where it isn't there."""
    value = params.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Refusal("Invalid object", param=name)
    return value


def listed(params: Params, name: str) -> list[str] | None:
    """Return a list of texts, or nothing."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refusal("Invalid array", param=name)
    return value


def required(params: Params, name: str) -> Any:
    """Return a parameter that must be there."""
    if params.get(name) in (None, ""):
        raise Refusal(f"Missing required param: {name}.", "parameter_missing", name)
    return params[name]


def integer(params: Params, name: str) -> int | None:
    """Return an integer."""
    value = params.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    raise Refusal(f"Invalid integer: {value}", "parameter_invalid_integer", name)


def positive(params: Params, name: str) -> int | None:
    """Return an integer above zero."""
    value = integer(params, name)
    if value is not None and value < 1:
        message = "This value must be greater than or equal to 1."
        raise Refusal(message, "parameter_invalid_integer", name)
    return value


def boolean(params: Params, name: str, otherwise: bool = False) -> bool:
    """Return a truth value."""
    value = params.get(name)
    if value in (None, ""):
        return otherwise
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise Refusal(f"Invalid boolean: {value}", param=name)


def one_of(params: Params, name: str, choices: Collection[str]) -> str | None:
    """Return one of the values that Stripe knows."""
    value = text(params, name)
    if value is not None and value not in choices:
        listed = ", ".join(sorted(choices))
        raise Refusal(f"Invalid {name}: must be one of {listed}", param=name)
    return value


def metadata(params: Params, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return metadata joined into what was there; an empty value unsets its key."""
    joined = dict(before or {})
    if params.get("metadata") == "":
        return {}
    given = mapping(params, "metadata")
    for key, value in given.items():
        if len(key) > _KEY_MAX or len(str(value)) > _VALUE_MAX:
            raise Refusal("Metadata keys or values are too long.", param=f"metadata[{key}]")
        if isinstance(value, dict | list):
            raise Refusal("Metadata values must be strings.", param=f"metadata[{key}]")
        joined[key] = str(value)
    joined = {key: value for key, value in joined.items() if value != ""}
    if len(joined) > _METADATA_MAX:
        raise Refusal("Metadata can have at most 50 keys.", param="metadata")
    return joined
