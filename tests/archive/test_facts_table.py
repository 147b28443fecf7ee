"""The table that Athena knows the archive by, where the stack has one: as the files are written."""

from typing import Any

import duckdb

from kassa.archive.runs import PREFIX
from kassa.archive.warehouse import to_parquet
from tests.support.template import resources, template

_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "TIMESTAMP WITH TIME ZONE": "timestamp",  # in UTC
}
TABLE = resources("Glue::Table")["FactsTable"]["TableInput"]


def glue(kind: Any) -> str:
    """Return a type of DuckDB's as Glue spells it."""
    if kind.id == "list":
        return f"array<{glue(dict(kind.children)['child'])}>"
    if kind.id == "struct":
        return f"struct<{','.join(f'{name}:{glue(child)}' for name, child in kind.children)}>"
    return _TYPES[str(kind)]


def test_the_table_has_the_columns_that_the_archive_writes(tmp_path: Any) -> None:
    file = tmp_path / "facts.parquet"
    file.write_bytes(to_parquet(()))
    with duckdb.connect() as connection:
        read = connection.sql(f"FROM read_parquet('{file}')")
        written = [(name, glue(kind)) for name, kind in zip(read.columns, read.types, strict=True)]

    columns = TABLE["StorageDescriptor"]["Columns"]
    assert [(each["Name"], each["Type"]) for each in columns] == written


def test_its_partitions_are_the_folders_of_the_small_files_by_utc_day() -> None:
    parameters = TABLE["Parameters"]

    assert [(key["Name"], key["Type"]) for key in TABLE["PartitionKeys"]] == [("day", "string")]
    assert parameters["projection.enabled"] == "true"
    assert parameters["projection.day.type"] == "date"
    assert parameters["projection.day.format"] == "yyyy-MM-dd"
    where = parameters["storage.location.template"]["Fn::Sub"]
    assert where == f"s3://${{KassaBucket}}/{PREFIX}${{!day}}/"
    assert where.startswith(TABLE["StorageDescriptor"]["Location"]["Fn::Sub"])


def test_a_query_can_neither_cost_much_nor_leave_its_answer_elsewhere() -> None:
    configuration = resources("Athena::WorkGroup")["ProofWorkGroup"]["WorkGroupConfiguration"]
    rules = resources("S3::Bucket")["KassaBucket"]["LifecycleConfiguration"]["Rules"]

    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 10_000_000_000
    result = configuration["ResultConfiguration"]
    assert result["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}
    prefix = result["OutputLocation"]["Fn::Sub"].removeprefix("s3://${KassaBucket}/")
    [days] = [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == prefix]
    assert days == 30


def test_there_is_none_of_it_unless_it_is_asked_for() -> None:
    made = template()["Resources"]
    of_athena = [
        name for name, one in made.items() if "Athena" in one["Type"] or "Glue" in one["Type"]
    ]

    assert of_athena == ["ProofWorkGroup", "FactsDatabase", "FactsTable"]
    assert {made[name]["Condition"] for name in of_athena} == {"HasAthena"}
    assert template()["Parameters"]["AnalyticsEngine"]["Default"] == "duckdb"
