"""The summary by gateway, method and brand, against what is normal, and what needs someone."""
