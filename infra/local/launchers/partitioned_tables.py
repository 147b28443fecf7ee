"""Lets ministack's Athena see a table of projected partitions as AWS's does.

ministack reads every object below a table's location, and its rows don't know their file. Here a
partitioned table has the files in its partitions' own folders alone, and a column "$path".
"""

from typing import Any

from ministack.services import athena

ROOT = "ministack-athena-"  # how ministack begins the name of the folder it copies files to
plain_relation = athena._table_relation


def relation(table: dict[str, Any], files: list[str]) -> str:
    """Return what DuckDB reads a table from."""
    depth = len(table.get("PartitionKeys") or ())
    if not depth:
        return str(plain_relation(table, files))
    kept = [path for path in files if is_in_a_partition(path, depth)]
    location = table["StorageDescriptor"]["Location"].rstrip("/")
    key = f"regexp_extract(filename, '{ROOT}[^/]*/(.*)', 1)"
    read = plain_relation(table, kept)
    return f"""(SELECT *, '{location}/' || {key} AS "$path" FROM {read})"""


def is_in_a_partition(path: str, depth: int) -> bool:
    """Say whether a file lies in folders named after values of a table's keys, and nowhere else."""
    _, _, below = path.partition(ROOT)
    folders = below.split("/")[1:-1]
    return len(folders) == depth and all("=" in folder for folder in folders)
