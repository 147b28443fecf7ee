"""What a pattern allows, in words: people who send requests needn't read regular expressions."""

_TEXTS = {
    r"^[A-Z]{3}$": "must be three capital letters of ISO 4217, such as EUR",
    r"^[A-Z]{2}$": "must be two capital letters of ISO 3166-1, such as FI",
    r"^[0-9a-f]{16,128}$": "must be 16 to 128 of the digits 0 to 9 and the letters a to f: a hash",
    r"^[\w.:/@+-]{1,200}$": "must be 1 to 200 letters, digits and any of . _ : / @ + -",
    r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$": (
        "must be 1 to 64 letters, digits and any of . _ : + -, and begin with a letter or digit"
    ),
    r"^[A-Za-z0-9][A-Za-z0-9._:+/-]{0,199}$": (
        "must be 1 to 200 letters, digits and any of . _ : + / -, and begin with a letter or digit;"
        " a mail address is none: send an id"
    ),
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$": "must be a language tag, such as en or zh-Hant",
    r"^[0-9]{4}-[0-9]{8}$": "must be a number as it is printed, such as 2026-00000001",
    r"^[ -~]+$": "must be printable characters of ASCII",
    r"^[0-9]{4}$": "must be a year of four digits",
    r"^[^@\r\n]*$": "must be one line without a mail address",
}


def pattern_text(pattern: str) -> str:
    """Return what a pattern allows; a test holds that every pattern of the API has its words."""
    return _TEXTS.get(pattern, "has characters, or a length, that aren't allowed here")


def is_known(pattern: str) -> bool:
    """Whether a pattern has words."""
    return pattern in _TEXTS
