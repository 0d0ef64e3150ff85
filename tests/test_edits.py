"""Edits: what is refused, and that applying and reverting are inverse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.edits import EditError, OffsetMap, Trail, checked, inverse, revise, splice
from cleaner.lines import drop_lines, line_spans
from cleaner.model import Document, Edit, Fact, Flag

REFUSED = [
    ("another text at that place", [Edit(0, 1, "b", "", "t/x")]),
    ("beyond the end", [Edit(2, 9, "c", "", "t/x")]),
    ("start after end", [Edit(2, 1, "", "", "t/x")]),
    ("overlap", [Edit(0, 2, "ab", "", "t/x"), Edit(1, 3, "bc", "", "t/y")]),
    ("insertion inside a change", [Edit(0, 2, "ab", "", "t/x"), Edit(1, 1, "", "!", "t/y")]),
]


@pytest.mark.parametrize("edits", [edits for _, edits in REFUSED], ids=[name for name, _ in REFUSED])
def test_refused(edits: list[Edit]) -> None:
    with pytest.raises(EditError):
        checked("abc", edits)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text("ab\n é😀", max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits = [
        Edit(start, end, text[start:end], draw(st.text("xy\n", max_size=3)), "t/x")
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, edits


@given(edited())
def test_inverse_undoes(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    ready = checked(text, edits)
    assert splice(splice(text, ready), inverse(ready)) == text


@given(st.lists(edited(), min_size=1, max_size=4), st.text("ab\n é", max_size=30))
def test_original_after_many_revisions(cases: list[tuple[str, list[Edit]]], text: str) -> None:
    doc = Document("a.txt", text)
    for _, edits in cases:
        here = [
            replace(edit, old=doc.text[edit.start : edit.end]) for edit in edits if edit.end <= len(doc.text)
        ]
        doc = revise(doc, "test", here)
    assert doc.original() == text


@given(edited(), st.integers(0, 30), st.integers(0, 30))
def test_untouched_text_maps_both_ways(case: tuple[str, list[Edit]], a: int, b: int) -> None:
    text, edits = case
    ready = checked(text, edits)
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    if start == end or any(edit.start < end and start < edit.end for edit in ready):
        return
    if any(start < edit.start == edit.end < end for edit in ready):
        return
    offsets = OffsetMap(ready)
    after = offsets.forward(start, end)
    assert after is not None
    assert splice(text, ready)[slice(*after)] == text[start:end]
    assert offsets.back(*after) == (start, end)


def test_flags_are_carried_and_facts_replaced() -> None:
    doc = Document("a.txt", "one two three")
    doc = revise(doc, "a", [Edit(0, 4, "one ", "", "t/x")])
    doc = revise(doc, "b", [Flag(4, 9, "t/f", "warn", "odd"), Fact("score", 1)])
    doc = revise(doc, "c", [Edit(0, 4, "two ", "2", "t/y"), Fact("score", 2)])
    flag = doc.flags[0]
    trail = Trail(doc.trail)
    assert doc.text[slice(*(trail.to_final(flag.at, flag.start, flag.end) or ()))] == "three"
    assert trail.to_source(flag.at, flag.start, flag.end) == (8, 13)
    assert doc.facts == (Fact("score", 2),)


def test_flag_on_removed_text_has_no_place_left() -> None:
    doc = revise(Document("a.txt", "one two"), "a", [Flag(0, 3, "t/f", "warn", "odd")])
    doc = revise(doc, "b", [Edit(0, 4, "one ", "", "t/x")])
    assert Trail(doc.trail).to_final(0, 0, 3) is None


@given(st.lists(st.sampled_from(["a\n", "b", "X\n", "X", "\n", " \n", "\t"]), max_size=10).map("".join))
def test_drop_lines(text: str) -> None:
    lines = line_spans(text)
    drops = {k: ("t/x", "") for k, (start, end) in enumerate(lines) if "X" in text[start:end]}
    edits = checked(text, drop_lines(text, lines, drops))
    after = splice(text, edits)
    kept = [text[start:end] for k, (start, end) in enumerate(lines) if k not in drops]
    assert len(edits) == len(drops)
    assert [line for line in after.split("\n") if line.strip()] == [line for line in kept if line.strip()]
    assert splice(after, inverse(edits)) == text
    if not drops:
        assert after == text
    elif any(line.strip() for line in kept):
        assert after.endswith("\n") == text.endswith("\n")
    else:
        assert after == ""
