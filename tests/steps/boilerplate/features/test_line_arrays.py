"""All lines measured at once give the numbers of the plain definitions, to the last bit."""

from __future__ import annotations

import sys
from collections import Counter
from types import ModuleType

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.steps.boilerplate.features import context_kernel, line_arrays, line_features, line_kernel
from cleaner.steps.boilerplate.features.last_look import LastLook
from cleaner.steps.boilerplate.features.line_arrays import SMALL, logarithms, measured
from cleaner.steps.boilerplate.features.line_features import (
    LINE_NAMES,
    _since_prose,
    cohesion,
    document_features,
    prose_strength,
    tokens,
)
from tests.steps.boilerplate.features import plain_lines

PIECES = [
    "The", "ferry", "of", "and", "NEWS", "Sign", "in", "it's", "it’s", "l'3", "3.5", "12:30", "2021", "3/4/21", "x",
    ".", "!?", "…", '."', ".”)", ". )", ",", ";", "–", ":", "：", "•", "o", "1.", "2)", "-", "©", "Copyright", "?",
    "http://a.b", "www.a", "a@b.c", "»", "tide.de", "|", "“", "ΟΔΟΣ", "ΤΗΣ", "ΣΟΣ", "İzmir", "ǅ", "ß", "Ⅷ", "²", "٣",
    "漢字", "ไทย", "e\N{COMBINING ACUTE ACCENT}", "_", "a_b", "\t", "\N{NO-BREAK SPACE}", "\x1c", "\x85", "'", "’",
    "a''b",
    "donaudampfschifffahrtsgesellschaft", "the", "THE", "Ferry", "ferry", "winter", "Winter", "harbour",
]  # fmt: skip
LINES = st.lists(
    st.one_of(
        st.lists(
            st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", "  "])), min_size=1, max_size=12
        ).map(lambda parts: "".join(piece + space for piece, space in parts)),
        st.text(st.characters(blacklist_characters="\n"), min_size=1, max_size=30),
    ).filter(str.strip),
    min_size=1,
    max_size=12,
)


WAYS = pytest.mark.parametrize("way", [line_arrays, line_kernel], ids=["arrays", "compiled"])


@WAYS
@settings(deadline=None, max_examples=300)
@given(lines=LINES)
@example(lines=["'a' “b” (c).", "((", ".", '".', "a. ", " o x", "o", "1.a", "1. a", "1234) b", "- "])
@example(
    lines=[
        "2019",
        "9:10",
        "10:5",
        "1/2/34",
        "xww.a",
        "w.",
        ".com",
        "a.co",
        "a.cob",
        "Copyrigh",
        "a COPYRIGHT",
    ]
)
def test_lines_are_measured_as_defined(way: ModuleType, lines: list[str]) -> None:
    counts, _ = way.look(lines)
    rows = measured(counts)
    times = Counter(line.strip() for line in lines)
    for line, row in zip(lines, rows, strict=True):
        plain = plain_lines.line_features(line, tokens(line), times[line.strip()])
        assert dict(zip(LINE_NAMES, row.tolist(), strict=True)) == dict(zip(LINE_NAMES, plain, strict=True))


@WAYS
@settings(deadline=None, max_examples=200)
@given(lines=LINES)
def test_what_lines_share_is_measured_as_defined(way: ModuleType, lines: list[str]) -> None:
    counts, content = way.look(lines)
    strength = prose_strength(measured(counts)) + 8.0 * (np.arange(len(lines)) % 2)
    expected = plain_lines.cohesion([tokens(line) for line in lines], strength)
    assert cohesion(content, strength, way.shared).tolist() == expected.tolist()


@settings(deadline=None, max_examples=60)
@given(LINES, st.integers(1, 40))
def test_long_documents_are_measured_in_blocks(lines: list[str], block: int) -> None:
    """Measure a few characters at a time: every number is that of all lines at once."""
    blank = [False] * len(lines)
    whole = document_features(lines, blank)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_features, "BLOCK", block)
        patch.setattr(line_features, "_LAST", LastLook())
        assert document_features(lines, blank).tolist() == whole.tolist()


@WAYS
@settings(deadline=None)
@given(lines=LINES, data=st.data())
def test_what_is_left_of_lines_is_known_of_them(
    way: ModuleType, lines: list[str], data: st.DataObject
) -> None:
    last = LastLook()
    assert last.part(lines) is None
    last.keep(lines, *way.look(lines))
    left = data.draw(st.lists(st.sampled_from(lines), min_size=1))
    assert last.part([*left, "\n"]) is None
    found = last.part(left)
    assert found is not None
    counts, content = way.look(left)
    assert found[0].tolist() == counts.tolist()
    assert found[1].line.tolist() == content.line.tolist()
    assert found[1].name.tolist() == content.name.tolist()


@pytest.mark.parametrize("count", [0, 1, SMALL - 1, SMALL, SMALL + 1, 10**9])
def test_logarithms_are_those_of_the_standard_library(count: int) -> None:
    from math import log1p

    assert logarithms([count, 3]).tolist() == [log1p(count), log1p(3)]


def test_how_far_prose_is() -> None:
    distance, size = _since_prose(np.array([0.0, 20.0, 0.0, 0.0, 30.0, 0.0]))
    assert distance.tolist() == [60, 60, 1, 2, 3, 1]
    assert size.tolist() == [0, 0, 20, 20, 20, 30]
    far, _ = _since_prose(np.array([9.0, *[0.0] * 70]))
    assert far[59:63].tolist() == [59, 60, 60, 60]


@settings(deadline=None, max_examples=200)
@given(LINES)
@example(["and so on...", "and so on..", "and so.x.", "and so x..", "and so..x", "..", "...", "a…", "a… x"])
@example(["a" * 22, "b" * 23, "c" * 23 + " d"])
@example([".. on", ". on", "on", ".", "..", "x.", "x..", ".x."])
def test_both_ways_count_the_same(lines: list[str]) -> None:
    plain, compiled = line_arrays.look(lines), line_kernel.look(lines)
    assert compiled[0].tolist() == plain[0].tolist()
    assert compiled[1].line.tolist() == plain[1].line.tolist()
    assert compiled[1].name.tolist() == plain[1].name.tolist()


@settings(deadline=None, max_examples=200)
@given(LINES, st.lists(st.booleans(), min_size=1), st.data())
def test_both_ways_measure_what_stands_around_a_line_the_same(
    lines: list[str], blank: list[bool], data: st.DataObject
) -> None:
    lines = [line for line in lines for _ in range(data.draw(st.integers(1, 4)))]
    after_blank = [blank[k % len(blank)] for k in range(len(lines))]
    wanted = data.draw(st.none() | st.lists(st.integers(0, len(lines) - 1), unique=True).map(sorted))
    rows = []
    for spent in (0, line_features.UNCOMPILED_EFFORT + 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(line_features._EFFORT, "spent", spent)
            patch.setattr(line_features, "_LAST", LastLook())
            rows.append(document_features(lines, after_blank, wanted))
    assert rows[0].shape == rows[1].shape
    assert rows[0].tolist() == rows[1].tolist()


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.0, 2.0, 6.0, 20.0])))
def test_both_ways_find_the_same_stretch(strength: list[float]) -> None:
    expected = line_features.densest_stretch(np.array(strength))
    assert context_kernel.densest_stretch(np.array(strength), line_features.STRETCH_COST) == expected


@pytest.mark.parametrize(
    ("loaded", "kept", "limit"),
    [(True, True, "SHARED_EFFORT"), (False, True, "PLAIN_EFFORT"), (True, False, "UNCOMPILED_EFFORT")],
)
def test_lines_are_looked_at_in_compiled_code_when_it_pays(
    *, loaded: bool, kept: bool, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not loaded:
        monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(line_features._EFFORT, "spent", getattr(line_features, limit))
    monkeypatch.setattr(line_features, "_are_kept", lambda: kept)
    assert line_features._way(["Ferry"]) is line_features.ARRAYS
    assert line_features._way(["Ferry"]).look is line_kernel.look


@pytest.mark.parametrize("kept", [False, True])
def test_compiled_code_is_loaded_at_once_where_it_is_kept(
    *, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("spent", "compiled"):
        monkeypatch.setattr(line_features._EFFORT, name, 0)
    monkeypatch.setattr(line_features, "_are_kept", lambda: kept)
    assert line_features.load_compiled() == kept
    assert line_features.in_compiled_code() == kept
    assert (line_features._way(["Ferry"]) is line_features.ARRAYS) != kept
