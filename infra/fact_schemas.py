"""Writes infra/schemas/: a JSON Schema for the `detail` of every fact on the bus.

Generated from the models, so consumers in any language can check what they receive.
Run `python -m infra.fact_schemas`; a test fails while the folder isn't current.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import create_model

from kassa.core.facts import FactData
from kassa.fact_catalog import KINDS, AnyFact

SCHEMAS = Path(__file__).with_name("schemas")


def fact_schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every fact's detail, by the fact's name."""
    return {name: _schema(data) for name, data in KINDS.items()}


def _schema(data: type[FactData]) -> dict[str, Any]:
    detail = create_model(data.__name__, __base__=AnyFact, data=(data, ...), __doc__=data.__doc__)
    schema = detail.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def as_text(schema: dict[str, Any]) -> str:
    """Return a schema as it stands in its file."""
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMAS.mkdir(exist_ok=True)
    for name, schema in fact_schemas().items():
        (SCHEMAS / f"{name}.json").write_text(as_text(schema))
