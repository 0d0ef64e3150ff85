"""Hashes of lines: made in both ways they are the same, and equal only for lines that are equal when folded."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.steps.boilerplate import hash_kernel, line_hashes
from cleaner.steps.boilerplate.line_hashes import hashed
from cleaner.steps.boilerplate.plain_hashes import LETTERS, plainly

PIECES = [
    *"aZß\u0345\u212a09.,:-*_\0²٣Ⅷ", "12", "3,5", "1.2:3", "サイ", "\ud800", "Share", "İ", "ﬃ", "\U0001f600", "ΟΣ",
    *" \n\t\r\f\x1c\x85\xa0\u2003\u3000", "  ", "\n\n", " \n", "\n ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=24).map("".join) | st.text(max_size=30)


@given(TEXTS)
@example("")
@example("\n")
@example("1.\n.1 1..2 1,2,3, 4:5:")
def test_both_ways_make_the_same_hashes(text: str) -> None:
    plain, compiled = plainly(text), hash_kernel.hashed(text)
    for one, other in zip(plain, compiled, strict=True):
        assert one.tolist() == other.tolist()
    assert len(plain.folded) == text.count("\n") + 1


@given(TEXTS)
def test_lines_have_one_hash_when_they_are_folded_to_one(text: str) -> None:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    folded = [re.sub(r"[0-9]+(?:[.,:][0-9]+)*", "0", line.casefold()) for line in lines]
    found = hashed(text)
    assert found.lettered.tolist() == [LETTERS.search(line) is not None for line in lines]
    for texts, keys in ((folded, found.folded.tolist()), (lines, found.spaced.tolist())):
        assert len({*zip(texts, keys, strict=True)}) == len({*texts}) == len({*keys})


def test_no_character_is_folded_into_more_than_there_is_room_for_nor_into_a_number() -> None:
    for code in range(0x110000):
        folded = chr(code).casefold()
        assert 0 < len(folded) <= hash_kernel._MOST
        assert folded == chr(code) or not re.search(r"[0-9.,:\s\0]", folded)


@pytest.mark.parametrize(
    ("loaded", "kept", "limit"),
    [(True, True, "SHARED_EFFORT"), (False, True, "PLAIN_EFFORT"), (True, False, "UNCOMPILED_EFFORT")],
)
def test_lines_are_hashed_in_compiled_code_when_it_pays(
    *, loaded: bool, kept: bool, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.modules", {"numba": object()} if loaded else {})
    monkeypatch.setattr(line_hashes._EFFORT, "spent", getattr(line_hashes, limit))
    monkeypatch.setattr(line_hashes, "_is_kept", lambda: kept)
    assert line_hashes._way(1) is plainly
    monkeypatch.undo()
    monkeypatch.setattr(line_hashes._EFFORT, "spent", line_hashes.UNCOMPILED_EFFORT + 1)
    assert line_hashes._way(1) is hash_kernel.hashed


@pytest.mark.parametrize("kept", [False, True])
def test_compiled_hashes_are_loaded_at_once_where_they_are_kept(
    *, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_hashes._EFFORT, "spent", 0)
    monkeypatch.setattr(line_hashes, "_is_kept", lambda: kept)
    assert line_hashes.load_compiled() == kept
    assert (line_hashes._way(1) is plainly) != kept
