"""Single-table key design, of the list of imports.

Entity    PK                    SK      GSI1PK    GSI1SK
Import    IMPORT#<import_id>    IMPORT  IMPORTS   <started_at>#<import_id>

Access pattern                         Method              Served by
Imports, newest first                  import_runs.listed  Query GSI1, BatchGetItem
What became of the rows of an import   import_runs.count   UpdateItem that adds
"""

from kassa.platform.keys import Key

IMPORTS = "IMPORTS"


def import_run(import_id: str) -> Key:
    """Return the key of one import."""
    return Key(f"IMPORT#{import_id}", "IMPORT")
