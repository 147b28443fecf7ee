"""Worlds in which eight workers number documents, and people void some, while all fails."""
