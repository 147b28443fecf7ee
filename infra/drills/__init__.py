"""Rehearsals of what must not go wrong: an update and its rollback, a restore, a SAM build."""
