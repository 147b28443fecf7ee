"""Numbers of documents: 1..N in each series, chained, void with a reason, never deleted."""
