"""The seller: who sells, as documents name and show it, saved version by version."""
