"""Verbs: one module and one function for each Lambda; the order of effects lives here."""
