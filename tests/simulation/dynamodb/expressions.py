"""DynamoDB's expression strings, read once and turned into closures: conditions and operands.

A closure gets a `Scope` (the item, the placeholders) and answers. Parsed expressions are kept,
since a program sends the same few strings again and again.
"""

import re
from functools import cache

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from tests.simulation.aws.errors import validation
from tests.simulation.dynamodb.comparisons import (
    PREDICATES,
    SIGNS,
    Condition,
    Operand,
    Path,
    between,
    both,
    compared,
    either,
    found,
    one_of,
    size,
)

# DynamoDB takes these of no expression but as `#names`.
RESERVED = frozenset(map(str.upper, ReservedKeywords.get_reserved_keywords()))
_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),.+\-\[\]]|[:#]?[A-Za-z0-9_]+)")
_KEYWORDS = {"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE"}


@cache
def tokens(text: str) -> tuple[str, ...]:
    """Cut an expression into its words and signs."""
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise validation(f"Invalid expression: Syntax error; token: {text[at : at + 9]!r}")
        token = match.group(1)
        found.append(token.upper() if token.upper() in _KEYWORDS else token)
        at = match.end()
    if not found:
        raise validation("Invalid expression: The expression can not be empty;")
    return tuple(found)


def placeholders(text: str) -> set[str]:
    """Return the `#names` and `:values` an expression uses."""
    return {token for token in tokens(text) if token[0] in "#:"}


class Parser:
    """Reads tokens from left to right; conditions and operands are its grammar."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0

    def peek(self) -> str:
        """Return the next word without taking it."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, expected: str = "") -> str:
        """Take the next word; refuse another than the wanted one."""
        token = self.peek()
        if not token or (expected and token != expected):
            raise validation(f"Invalid expression: Syntax error; token: {token or '<EOF>'}")
        self._at += 1
        return token

    def took(self, token: str) -> bool:
        """Take the next word if it is this one."""
        if self.peek() != token:
            return False
        self._at += 1
        return True

    def path(self) -> Path:
        """Read a document path: names, `#names`, dots and indexes."""
        parts: list[str | int] = [self._name()]
        while self.peek() in (".", "["):
            if self.took("."):
                parts.append(self._name())
            else:
                self.take("[")
                parts.append(int(self.take()))
                self.take("]")
        return tuple(parts)

    def _name(self) -> str:
        name = self.take()
        if name.upper() in RESERVED:
            reason = "Attribute name is a reserved keyword"
            raise validation(f"Invalid expression: {reason}; reserved keyword: {name}")
        return name

    def condition(self) -> Condition:
        """Read alternatives joined by OR."""
        found = self._conjunction()
        while self.took("OR"):
            found = either(found, self._conjunction())
        return found

    def _conjunction(self) -> Condition:
        found = self._negation()
        while self.took("AND"):
            found = both(found, self._negation())
        return found

    def _negation(self) -> Condition:
        if self.took("NOT"):
            inner = self._negation()
            return lambda scope: not inner(scope)
        if self.took("("):
            inner = self.condition()
            self.take(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        if self.peek() in PREDICATES:
            return self._predicate()
        left = self.operand()
        sign = self.take()
        if sign == "BETWEEN":
            low = self.operand()
            self.take("AND")
            return between(left, low, self.operand())
        if sign == "IN":
            return one_of(left, self._arguments())
        if sign not in SIGNS:
            raise validation(f"Invalid expression: Syntax error; token: {sign}")
        return compared(sign, left, self.operand())

    def _predicate(self) -> Condition:
        name = self.take()
        if name.startswith("attribute_") and name != "attribute_type":
            self.take("(")
            path, present = self.path(), name == "attribute_exists"
            self.take(")")
            return lambda scope: (found(scope, path) is not None) is present
        left, right = self._arguments()
        holds = PREDICATES[name]
        return lambda scope: holds(left(scope), right(scope))

    def _arguments(self) -> list[Operand]:
        self.take("(")
        read = [self.operand()]
        while self.took(","):
            read.append(self.operand())
        self.take(")")
        return read

    def operand(self) -> Operand:
        """Read a value, a path, or `size(path)`."""
        if self.peek() == "size":
            self.take()
            (inner,) = self._arguments()
            return lambda scope: size(inner(scope))
        if self.peek().startswith(":"):
            name = self.take()
            return lambda scope: scope.values[name]
        path = self.path()
        return lambda scope: found(scope, path)


@cache
def condition(text: str) -> Condition:
    """Read a condition, filter or key condition."""
    parser = Parser(text)
    read = parser.condition()
    if parser.peek():
        raise validation(f"Invalid expression: Syntax error; token: {parser.peek()}")
    return read
