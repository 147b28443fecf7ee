"""Single-table key design, of how far the builds of reports went.

Entity         PK                                       SK
Report build   REPORT#<merchant_id>#<period>#<name>     BUILD

Access pattern                        Method              Served by
How far a build went                  read_progress       GetItem, consistent
A build begun once while none goes on  put_waiting        PutItem if absent, over or dead
A stage noted by the latest build     Building.at         UpdateItem unless begun later
"""

from kassa.platform.keys import Key


def report_build(merchant_id: str, period: str, name: str) -> Key:
    """Return the key of how far the build of a period's report went."""
    return Key(f"REPORT#{merchant_id}#{period}#{name}", "BUILD")
