"""Evidence for disputes, as it is given to any gateway."""
