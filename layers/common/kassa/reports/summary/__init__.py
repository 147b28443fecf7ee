"""The transaction summary: what moved, was tried and failed, in each currency."""
