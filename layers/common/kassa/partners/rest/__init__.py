"""Any REST API, described by data: which facts make which records, and how they are written."""
