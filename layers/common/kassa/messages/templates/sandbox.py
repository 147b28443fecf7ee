"""Words with placeholders, filled in; what a merchant writes there can do no more than that.

Words are Jinja, but of its language only placeholders and conditions: `{{ amount }}`, `{% if link
%} … {% endif %}`. There is no loop, call, filter, attribute or arithmetic, so no escape from the
sandbox that is known (CVE-2016-10745, -2019-10906, -2024-56201, -2024-56326, -2025-27516) can be
spelled, and no words can run for long or grow: each placeholder is as long as its value. That
matters, for Jinja's sandbox itself bounds neither time nor memory (pallets/jinja#2149).
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kassa.messages.templates.words import SOURCE_MAX

OUTPUT_MAX = 20_000
DEPTH_MAX = 12  # of conditions in conditions and expressions in expressions
NODES_MAX = 300
_KEPT = 1_024  # compiled texts; the built-in ones are about 900

Value = str | int | bool | None
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
    *(nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)


class WordsRefused(ValueError):
    """Words that aren't filled in; the message says what is wrong with them."""


def _shown(value: object) -> object:
    if value is None:
        raise WordsRefused("names something that isn't known; ask for it first: {% if … %}")
    return value


_WORDS = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, finalize=_shown, autoescape=False, cache_size=0
)
_WORDS.globals.clear()  # range, cycler, joiner, namespace, lipsum, dict


def filled(source: str, values: Mapping[str, Value]) -> str:
    """Return words with their values; raise WordsRefused where they can't be filled in.

    What comes out is plain text: whoever puts it into a page escapes it there, once.
    """
    template = _compiled(source)
    try:
        text = template.render(values)
    except (TemplateError, TypeError) as error:
        raise WordsRefused(str(error)) from None
    if len(text) > OUTPUT_MAX:
        raise WordsRefused(f"are longer than {OUTPUT_MAX} characters when they are filled in")
    return text.strip()


@lru_cache(_KEPT)
def named(source: str) -> frozenset[str]:
    """Return the placeholders of some words; raise WordsRefused where they can't be read."""
    found = list(_walked(_parsed(source)))
    return frozenset(one.name for one in found if isinstance(one, nodes.Name))


@lru_cache(_KEPT)
def _compiled(source: str) -> Template:
    named(source)
    return _WORDS.from_string(source)


def _parsed(source: str) -> nodes.Template:
    if len(source) > SOURCE_MAX:
        raise WordsRefused(f"are longer than {SOURCE_MAX} characters")
    try:
        return _WORDS.parse(source)
    except (TemplateError, RecursionError, ValueError, OverflowError) as error:
        reason = str(error) or type(error).__name__
        raise WordsRefused(f"can't be read: {reason}") from None


def _walked(template: nodes.Template) -> Iterator[nodes.Node]:
    """Yield every node of words; raise WordsRefused at one that words mayn't have."""
    waiting: list[tuple[nodes.Node, int]] = [(template, 0)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if not isinstance(node, _ALLOWED):
            raise WordsRefused(f"have placeholders and conditions alone, no {_called(node)}")
        if count > NODES_MAX or depth > DEPTH_MAX:
            raise WordsRefused("are nested too deeply, or have too many placeholders")
        yield node
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _called(node: nodes.Node) -> str:
    return type(node).__name__.lower()
