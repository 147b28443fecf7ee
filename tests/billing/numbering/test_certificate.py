"""A certificate verifies as it was written, and shows what was changed after that."""

import copy
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.numbering.certificate import lines
from kassa.billing.numbering.record import (
    Entry,
    KeptNumber,
    canonical,
    content_digest,
    hashed,
)
from kassa.billing.numbering.verification import Break, verified
from kassa.core.errors import InvalidRequest
from tests.support.certificates import NOON, VOID, Numbered, spelled

Lines = list[dict[str, Any]]
AMOUNT = st.integers(1, 10**9) | st.tuples(st.integers(1, 10**9), st.integers(0, 10**8))
ACTS = st.lists(AMOUNT | st.just(VOID), max_size=25)
SOME: tuple[int | tuple[int, int], ...] = (100, (200, 20), VOID, 300, VOID, 400, VOID)


def some() -> Lines:
    return Numbered().add(*SOME).certificate()


def broken(certificate: list[Any]) -> Break | None:
    return verified(spelled(certificate)).broken


@given(ACTS)
def test_whatever_was_numbered_and_voided_its_certificate_is_whole(
    acts: list[int | tuple[int, int]],
) -> None:
    numbered = Numbered().add(*acts)
    found = verified(spelled(numbered.certificate()))

    assert found.broken is None
    assert found.numbers == sum(act != VOID for act in acts)
    assert found.void == sum(one.void is not None for one in numbered.kept)
    assert found.last_hash == numbered.series.last_hash


def test_the_end_adds_up_what_was_issued_and_is_not_void() -> None:
    end = some()[-1]

    assert end["end"] == {"issued": 1, "void": 3, "missing": 0, "unchained": 0}
    assert end["sums"] == {"EUR": {"gross_minor": 400, "tax_minor": 0}}


@given(ACTS.filter(any), st.data())
def test_no_figure_of_an_entry_can_be_changed_unseen(
    acts: list[int | tuple[int, int]], data: st.DataObject
) -> None:
    certificate = Numbered().add(*acts).certificate()
    entries = [line["entry"] for line in certificate if "entry" in line]
    entries += [line["void"] for line in certificate if "void" in line]
    if not entries:
        return
    fields = data.draw(st.sampled_from(entries))
    name = data.draw(st.sampled_from(sorted(fields)))
    was = fields[name]
    fields[name] = data.draw(
        st.just("2025-01-01") | st.integers(0, 5).filter(lambda one: one != was)
    )

    assert broken(certificate)


@given(ACTS.filter(any), st.data())
def test_no_line_can_be_taken_out_doubled_or_moved_unseen(
    acts: list[int | tuple[int, int]], data: st.DataObject
) -> None:
    certificate = Numbered().add(*acts).certificate()
    at = data.draw(st.integers(1, len(certificate) - 1))
    to = data.draw(st.integers(1, len(certificate) - 1).filter(lambda one: one != at) | st.none())
    changed = copy.copy(certificate)
    line = changed.pop(at)
    if to is not None:
        changed.insert(to, line)
    if data.draw(st.booleans()):
        changed.insert(at, line)
    if changed == certificate:
        return

    assert broken(changed)


def rehashed(line: dict[str, Any]) -> None:
    """Make a changed entry's own hash fit, as somebody would who knows how."""
    line["hash"] = hashed(canonical(line["entry"]))


def _amount(lines: Lines) -> None:
    lines[2]["entry"]["gross_minor"] = 1


def _amount_with_its_hash(lines: Lines) -> None:
    lines[1]["entry"]["gross_minor"] = 1
    rehashed(lines[1])


def _rates_that_do_not_add_up(lines: Lines) -> None:
    lines[2]["entry"]["taxes"][0]["tax_minor"] = 19
    rehashed(lines[2])


def _earlier_date(lines: Lines) -> None:
    lines[4]["entry"]["issued_on"] = "2026-11-20"
    rehashed(lines[4])


def _another_year(lines: Lines) -> None:
    lines[4]["entry"]["issued_on"] = "2027-01-01"
    rehashed(lines[4])


def _void_taken_back(lines: Lines) -> None:
    lines[1]["fate"] = "issued"
    for name in ("void", "void_hash"):
        del lines[1][name]


def _fate_alone(lines: Lines) -> None:
    lines[1]["fate"] = "issued"


def _reason(lines: Lines) -> None:
    lines[1]["void"]["reason"] = "another"


def _reason_with_its_hash(lines: Lines) -> None:
    _reason(lines)
    lines[1]["void_hash"] = hashed(canonical(lines[1]["void"]))


def _void_of_another(lines: Lines) -> None:
    lines[4] |= {name: lines[1][name] for name in ("fate", "void", "void_hash")}


def _tail_cut(lines: Lines) -> None:
    del lines[4]


def _tail_cut_with_its_count(lines: Lines) -> None:
    del lines[4]
    lines[0]["last_number"] = 3


def _last_void_cut(lines: Lines) -> None:
    lines[3]["fate"] = "issued"
    for name in ("void", "void_hash"):
        del lines[3][name]


def _unchained(lines: Lines) -> None:
    lines[2]["unchained"] = lines[2].pop("entry")


def _missing(lines: Lines) -> None:
    lines[3] = {"number": 3, "printed": "2026-00000003", "fate": "missing"}


def _sums(lines: Lines) -> None:
    lines[-1]["sums"]["EUR"]["gross_minor"] += 1


def _no_end(lines: Lines) -> None:
    del lines[-1]


def _no_json(lines: Lines) -> None:
    lines[2] = "{"  # type: ignore[call-overload]


def _unreadable(lines: Lines) -> None:
    lines[2]["number"] = "2"


def _more(lines: Lines) -> None:
    lines.append({"number": 5})


@pytest.mark.parametrize(
    ("change", "number", "what"),
    [
        (_amount, "2026-00000002", "was changed: it isn't what its hash says"),
        (_amount_with_its_hash, "2026-00000002", "that was changed"),
        (_rates_that_do_not_add_up, "2026-00000002", "aren't the total"),
        (_earlier_date, "2026-00000004", "bears 2026-11-20, the number before it 2026-11-21"),
        (_another_year, "2026-00000004", "isn't the series' year"),
        (_void_taken_back, "2026-00000003", "at place 3 was taken out"),
        (_fate_alone, "2026-00000001", "its void says otherwise"),
        (_reason, "2026-00000001", "has a void that was changed"),
        (_reason_with_its_hash, "2026-00000003", "that was changed"),
        (_void_of_another, "2026-00000004", "has a void that was moved: it says number 1"),
        (_tail_cut, "2026-00000004", "is missing: the series was counted to 4"),
        (_tail_cut_with_its_count, "2026", "at place 6 was taken out"),
        (_last_void_cut, "2026", "at place 7 was taken out"),
        (_unchained, "2026-00000003", "taken out"),
        (_missing, "2026-00000003", "is missing: nothing stands under it"),
        (_sums, "2026", "sums"),
        (_no_end, "2026-00000005", "the certificate stops before it"),
        (_no_json, "2026-00000002", "can't be read"),
        (_unreadable, "2026-00000002", "can't be read"),
        (_more, "2026-00000005", "stands behind the end"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_the_first_number_that_is_wrong_is_named_and_why(
    change: Callable[[Lines], None], number: str, what: str
) -> None:
    certificate = some()
    change(certificate)
    found = broken(certificate)

    assert found is not None
    assert (found.number, what in found.what) == (number, True), found


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "%PDF", '{"certificate": "kassa-numbers/1"}', "[" * 100_000]
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        verified([text])


def test_a_certificate_is_of_the_moment_its_head_was_read() -> None:
    numbered = Numbered().add(100, 200)
    head = numbered.series
    numbered.add(VOID, VOID)
    written = list(lines(head, numbered.kept, NOON))

    assert [line["fate"] for line in written[1:-1]] == ["issued", "issued"]
    assert broken(written) is None


def test_numbers_of_an_earlier_release_are_counted_and_dated_and_nothing_more() -> None:
    numbered = Numbered()
    numbered.series = numbered.series.model_copy(update={"last_number": 2})
    numbered.add(300)
    third = Entry.model_validate_json(str(numbered.kept[0].entry))
    bare = third.model_copy(update={"position": None, "previous": None})
    old = [KeptNumber(unchained=bare.model_copy(update={"number": number})) for number in (1, 2)]
    numbered.kept = [*old, *numbered.kept]
    found = verified(spelled(numbered.certificate()))

    assert (third.number, third.position) == (3, 1)
    assert (found.broken, found.numbers, found.unchained) == (None, 3, 2)


def test_documents_are_compared_with_what_was_issued() -> None:
    numbered = Numbered().add(100, 200)
    digest = sha256(b"%PDF").hexdigest()
    numbered.kept = [one._replace(documents={"pdf": digest}) for one in numbered.kept]
    folder = {"2026-00000001.pdf": b"%PDF", "2026-00000002.pdf": b"%PDF"}
    certificate = spelled(numbered.certificate())

    whole = verified(certificate, folder.get)
    assert (whole.broken, whole.documents) == (None, 2)
    other = verified(certificate, (folder | {"2026-00000002.pdf": b"%PDF "}).get).broken
    assert other is not None
    assert (other.number, "another 2026-00000002.pdf" in other.what) == ("2026-00000002", True)
    gone = verified(certificate, {"2026-00000001.pdf": b"%PDF"}.get).broken
    assert gone is not None
    assert "has no 2026-00000002.pdf" in gone.what


def test_a_record_that_says_something_else_than_was_issued_is_found() -> None:
    content = {"lines": [{"name": "Lamp", "quantity": "1"}]}
    numbered = Numbered().add(100)
    fields = json.loads(str(numbered.kept[0].entry))
    fields["content_sha256"] = content_digest({"content": content})
    text = canonical(fields)
    numbered.kept = [KeptNumber(text, hashed(text))]
    numbered.series = numbered.series.model_copy(update={"last_hash": hashed(text)})
    certificate = spelled(numbered.certificate())

    def found(record: dict[str, Any]) -> Break | None:
        return verified(certificate, {"2026-00000001.json": json.dumps(record).encode()}.get).broken

    assert found({"content": content, "state": "open"}) is None
    assert found({"content": content | {"note": "more"}}) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.data())
def test_whatever_stands_in_a_certificate_verifying_ends_with_a_verdict(
    data: st.DataObject,
) -> None:
    certificate = some()
    within = data.draw(st.sampled_from(list(_dicts(certificate))))
    within[data.draw(st.sampled_from(sorted(within)))] = data.draw(JSON)
    try:
        verified(spelled(certificate), lambda _: b"{")
    except InvalidRequest:
        assert within is certificate[0]


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and value:
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _dicts(inner)
