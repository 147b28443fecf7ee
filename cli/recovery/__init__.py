"""`kassa replay`, `rebuild`, `restore` and `digest`: books compared and built again."""
