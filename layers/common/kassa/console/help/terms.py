"""The glossary: one list of terms, each in every language."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("terms.toml")


class Term(NamedTuple):
    """A term of one language, and what it means there; `name` is its address."""

    name: str
    spelled: str
    meaning: str


@cache
def terms_in(language: str) -> tuple[Term, ...]:
    """Return the terms in a language, in the order of the list."""
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return tuple(Term(name, *of[language]) for name, of in listed.items())
