"""The texts of the help pages, which no other page says."""

from pathlib import Path

from kassa.reports.localization import Texts

TEXTS = Path(__file__).with_name("texts")


def help_texts(language: str) -> Texts:
    """Return the texts that the help pages say in a language."""
    return Texts(language, TEXTS)
