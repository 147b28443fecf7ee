"""`kassa persons` and `kassa keys`: who works here, and the keys of the API."""
