"""Klarna."""
