"""`kassa smoke`: what only a real account can tell of a deployed stack."""
