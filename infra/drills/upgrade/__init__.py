"""Rehearses an update and its rollback on the embedded stack, while events come in."""
