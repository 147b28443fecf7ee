"""Disputes: what a bank or a buyer questions, the evidence against it, and its one answer."""
