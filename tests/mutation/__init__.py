"""Mutation testing of the refunds: what is mutated, by which tests, and what may survive."""
