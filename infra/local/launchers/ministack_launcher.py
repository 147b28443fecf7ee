"""Runs ministack as it is, but for partitioned tables, and for how workers are started."""

import os
import subprocess
import sys
from types import SimpleNamespace

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import athena

from infra.local.launchers import partitioned_tables
from infra.local.launchers.forked_workers import WorkerForks

if __name__ == "__main__":
    athena._table_relation = partitioned_tables.relation
    if "LAYER_PACKAGES" in os.environ:
        forks = WorkerForks(os.environ.pop("LAYER_PACKAGES"))
        lambda_runtime.subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": forks.fork})
    sys.exit(app.main())
