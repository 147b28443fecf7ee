"""Mappings: what a merchant may write, what is refused of it, and that all is reported at once."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.paths import find, steps
from kassa.gateways.events import ObjectKind
from kassa.gateways.standard.mapping.changes import renamed
from kassa.gateways.standard.mapping.checks import Severity
from kassa.gateways.standard.mapping.parse import read_mapping
from kassa.gateways.states import RANKS

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = sorted((DOCS / "mappings").glob("*.yaml"))


def object_report(**changed: Any) -> dict[str, Any]:
    document = {
        "kind": "charge",
        "state": "captured",
        "id": "data.id",
        "amount": {"minor": "data.a"},
    }
    return {name: value for name, value in (document | changed).items() if value is not None}


def rule(*object_reports: dict[str, Any], **changed: Any) -> dict[str, Any]:
    document = {
        "type": "paid",
        "about": {"payment": "data.id"},
        "object_reports": list(object_reports),
    }
    document["object_reports"] = document["object_reports"] or [object_report()]
    return {name: value for name, value in (document | changed).items() if value is not None}


def mapping(*rules: Any, **changed: Any) -> dict[str, Any]:
    document = {
        "type": "type",
        "happened_at": {"iso8601": "at"},
        "currency": {"constant": "EUR"},
        "rules": list(rules) or [rule()],
    }
    return {name: value for name, value in (document | changed).items() if value is not None}


def problems(document: object) -> list[str]:
    return [f"{one.place} {one.text}" for one in read_mapping(document).findings if one.is_error]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_has_nothing_to_say_about(path: Path) -> None:
    read = read_mapping(yaml.safe_load(path.read_text()))

    assert read.findings == ()
    assert read.mapping is not None


@pytest.mark.parametrize("kind", sorted(set(ObjectKind) - {ObjectKind.CARD}))
def test_the_documentation_names_every_state_that_a_mapping_may_say(kind: ObjectKind) -> None:
    row = f"| `{kind}` | {', '.join(RANKS[kind])} |"

    assert row in (DOCS / "gateways" / "standard.md").read_text()


def test_the_smallest_mapping_is_read() -> None:
    read = read_mapping(mapping())

    assert read.mapping is not None
    assert read.mapping.rules[0].type == ("paid",)


def test_what_was_read_can_be_written_and_read_again() -> None:
    for path in EXAMPLES:
        first = read_mapping(yaml.safe_load(path.read_text())).mapping
        assert first is not None
        again = read_mapping(first.written).mapping
        assert again == first
        assert again.version == first.version


def test_the_version_is_what_it_says() -> None:
    first, same = read_mapping(mapping()).mapping, read_mapping(mapping()).mapping
    other = read_mapping(mapping(currency={"constant": "USD"})).mapping

    assert first is not None
    assert same is not None
    assert other is not None
    assert first.version == same.version != other.version


WRONG: list[tuple[object, str]] = [
    ([], "isn't a mapping"),
    (mapping(rules=None), "rules is missing"),
    (mapping(rules=[]), "rules is missing"),
    (mapping(type=None), "type is missing"),
    (mapping(happened_at="at"), "happened_at say the form"),
    (mapping(happened_at={"iso8601": "a", "epoch_s": "b"}), "happened_at give exactly one of"),
    (mapping(currency=None), "rules[0].object_reports[0].amount.currency is missing"),
    (mapping(currency={"constant": "EURO"}), "currency 'EURO' is no three-letter currency"),
    (mapping(surprise=1), "surprise isn't a name that is known here"),
    (mapping(mode={"path": "live", "live": [True], "test": [False, True]}), "mode has a value"),
    (mapping(type="data..type"), "type 'data..type' can't be read at character 5"),
    (
        mapping(rule(object_report(state="paid"))),
        "rules[0].object_reports[0].state 'paid' is no state of",
    ),
    (
        mapping(rule(object_report(state="succeeded"))),
        "'succeeded' is no state of a charge; it has",
    ),
    (
        mapping(rule(object_report(kind="sale"))),
        "rules[0].object_reports[0].kind 'sale' isn't one of",
    ),
    (
        mapping(rule(object_report(amount="data.a"))),
        "object_reports[0].amount say the unit: {minor: path}",
    ),
    (
        mapping(rule(object_report(amount=12.5))),
        "object_reports[0].amount say the unit: {minor: path}",
    ),
    (
        mapping(rule(object_report(amount={"minor": 12.5}))),
        "object_reports[0].amount.minor 12.5 isn't a text",
    ),
    (
        mapping(rule(object_report(amount={}))),
        "object_reports[0].amount give exactly one of minor, major",
    ),
    (mapping(rule(object_report(id=None))), "rules[0].object_reports[0].id is missing"),
    (
        mapping(rule(object_report(reference="data.arn"))),
        "object_reports[0].reference is nothing a charge",
    ),
    (
        mapping(rule(object_report(kind="balance_transaction", state="booked"))),
        "rules[0].object_reports[0].movement is missing",
    ),
    (
        mapping(rule(object_report(kind="refund", state="failed"))),
        "rules[0].object_reports[0].id a refund needs an id of its own",
    ),
    (
        mapping(rule(object_report(kind="payout", state="paid"))),
        "a payout is about a payout, never about a payment",
    ),
    (
        mapping(rule(about={"payout": "data.id"})),
        "a charge is about a payment, never about a payout",
    ),
    (
        mapping(rule(object_report(), object_report())),
        "object_reports[1] says a second time how data.id stands",
    ),
    (mapping(rule(about=None)), "rules[0].about is missing"),
    (mapping(rule(object_reports=None)), "rules[0].object_reports is missing; write ignore: true"),
    (mapping(rule(ignore=True)), "rules[0] is ignored and yet says how things stand"),
    (mapping(rule(when={"a": 1.5})), "rules[0].when.a[0] only a text, a whole number"),
    (mapping(rule(when={"a": "\ud800"})), "rules[0].when.a[0] has characters that nobody sees"),
    (mapping(rule(when={"a": []})), "rules[0].when.a is empty"),
    (mapping(rule(when={"a.": 1})), "rules[0].when.a. 'a.' can't be read"),
    (mapping(rule(type=[])), "rules[0].type is empty"),
    (mapping("paid"), "rules[0] 'paid' isn't a list of names with values"),
    (mapping(rule(), rule()), "rules[1].type paid is there already under the same conditions"),
    (mapping(rule(), rule(when={"a": 1})), "rules[1].type paid is taken before by rules[0]"),
    (
        mapping(rule(when={"a": ["x", "y"]}), rule(when={"a": "y", "b": True})),
        "rules[1].type paid is taken before by rules[0]",
    ),
    (mapping(*[rule()] * 201), "rules has 201 rules; 200 are allowed"),
    (mapping(rule(*[object_report()] * 11)), "rules[0].object_reports"),
]


@pytest.mark.parametrize(("document", "found"), WRONG, ids=[found for _, found in WRONG])
def test_what_is_wrong_is_reported_with_its_place(document: object, found: str) -> None:
    assert [one for one in problems(document) if found in one] != []
    assert read_mapping(document).mapping is None


def test_everything_wrong_is_reported_at_once() -> None:
    refund = {"kind": "refund", "state": "failed", "method": "m"}
    document = mapping(
        rule(object_report(state="paid", amount=12.5)),
        rule(order_id=7, type="b"),
        rule(object_report(id="other"), object_report(**refund)),
        "nothing",
        rule(),
        happened_at=7,
    )

    places = [one.split(" ")[0] for one in problems(document)]
    assert places == [
        *("happened_at", "rules[0].object_reports[0].state", "rules[0].object_reports[0].amount"),
        *("rules[1].order_id", "rules[3]", "rules[2].type", "rules[2].object_reports[1].method"),
        *("rules[2].object_reports[1].id", "rules[4].type"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [({"a": 1}, {"a": True}), ({"a": "1"}, {"a": 1}), ({"a": 1, "b": 1}, {"a": 1})],
)
def test_rules_whose_conditions_differ_both_count(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert problems(mapping(rule(when=first), rule(when=second))) == []


def test_what_is_seldom_meant_is_a_warning_and_no_error() -> None:
    lost = {"kind": "dispute", "state": "lost", "id": "data.dispute"}
    read = read_mapping(mapping(rule(object_report(**lost))))

    assert read.mapping is not None
    warned = [one for one in read.findings if one.severity is Severity.WARNING]
    assert [(one.place, one.is_error) for one in warned] == [("rules", False)] * 2


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", {"b": [{"c d": 1}, 2], "é": 3}),
        ("a.b[1]", 2),
        ("l[0]", 4),
        ("l[0][0]", None),
        ('a.b[0]."c d"', 1),
        ('a."é"', 3),
        ("a.b[2]", None),
        ("a.b.c", None),
        ("a.b[0][0]", None),
        ("x.y", None),
        ("n", None),
    ],
)
def test_a_path_finds_what_stands_there_or_nothing(path: str, found: object) -> None:
    assert find(path, {"a": {"b": [{"c d": 1}, 2], "é": 3}, "l": [4], "n": None}) == found


@pytest.mark.parametrize(
    "path", ["", ".a", "a.", "a..b", "[0]", "a[", "a[x]", "a[-1]", "a b", "a.[0]", '"a', "a" * 201]
)
def test_a_path_that_cant_be_read_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"path is written like"):
        steps(path)


def test_a_path_has_an_end() -> None:
    assert len(steps(".".join(["a"] * 20))) == 20
    assert steps("a" * 200) == ("a" * 200,)
    with pytest.raises(ValueError, match="has 21 steps, 20 are allowed"):
        steps(".".join(["a"] * 21))


def test_a_condition_has_a_limited_number_of_values() -> None:
    assert problems(mapping(rule(when={"a": list(range(50))}))) == []
    assert problems(mapping(rule(when={"a": list(range(51))}))) == [
        "rules[0].when.a has 51 entries; 50 are allowed"
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "rules", "when", "about", "object_reports", "kind", "x"])
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(document=JSON)
def test_whatever_is_written_is_read_or_refused_and_never_crashes(document: object) -> None:
    read = read_mapping(document)

    assert read.mapping is not None or read.findings


@given(spoiled=JSON, at=st.integers(0, 3), name=st.sampled_from([*rule(), "when", "order_id"]))
def test_a_good_mapping_with_anything_in_one_place_never_crashes(
    spoiled: object, at: int, name: str
) -> None:
    document = mapping(rule(), rule(type="b"), rule(type="c"), rule(type="d"))
    document["rules"][at][name] = spoiled

    read = read_mapping(document)
    assert read.mapping is not None or any(one.is_error for one in read.findings)


def renames(first: Any, second: Any) -> list[str]:
    before, after = read_mapping(first).mapping, read_mapping(second).mapping
    assert before is not None
    assert after is not None
    return [f"{one.place} {one.text}" for one in renamed(before, after)]


PAID, LATER = rule(), rule(type="later")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([PAID], [PAID], []),
        ([PAID], [PAID, LATER], []),
        ([PAID, LATER], [PAID], []),
        ([PAID], [rule(when={"a": 1}), rule(when={"a": 2})], []),
        ([PAID], [rule(object_report(amount={"major": "data.b"}))], []),
        ([PAID], [rule(about={"payment": "data.p"})], ["paid its payment went by data.id"]),
        ([PAID], [rule(object_report(id="data.c"))], ["paid its charge went by data.id"]),
        (
            [rule(type=["paid", "later"])],
            [PAID, rule(object_report(id="data.c"), type="later")],
            ["later its charge went by data.id"],
        ),
    ],
)
def test_a_change_says_which_names_in_the_books_it_would_leave(
    before: list[Any], after: list[Any], found: list[str]
) -> None:
    renamed = renames(mapping(*before), mapping(*after))

    assert [one.partition(":")[0] for one in renamed] == found


@pytest.mark.parametrize(
    ("method", "is_known"),
    [
        ({"constant": "card"}, True),
        ({"constant": "visa"}, True),
        ({"constant": "other"}, True),
        ({"path": "a", "translations": {"cc": "credit_card", "sepa": "bank_debit"}}, True),
        ({"path": "a", "translations": {"cc": "plastic"}}, False),
        ({"constant": "plastic"}, False),
        ("a", True),
    ],
)
def test_a_method_that_is_none_of_ours_is_warned_of(method: object, is_known: bool) -> None:
    read = read_mapping(mapping(rule(object_report(method=method))))

    assert read.mapping is not None
    warned = [one for one in read.findings if one.place.endswith(".method")]
    assert (warned == []) is is_known
    assert all("'plastic' is other; there are card, wallet" in one.text for one in warned)
