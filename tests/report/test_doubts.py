"""What is doubted once the documents have been read: joins by what is beside them, encodings by their margin."""

from __future__ import annotations

from typing import Any

import pytest

from cleaner.audit.rebuild import Texts
from cleaner.charsets.detect import runner_up
from cleaner.report.collected import Collected
from cleaner.report.lookup import Lookup, Read
from cleaner.report.sections.doubts import FEW_WORDS, NARROW, Doubts, against

FEW = " ".join(["word"] * (FEW_WORDS - 1))
ENOUGH = f"{FEW} word"


@pytest.mark.parametrize(
    ("left", "right", "gap", "signs"),
    [
        (ENOUGH, "goes on", "\n", 0),
        (FEW, "goes on", "\n", 1),
        (ENOUGH, "Goes on", "\n", 1),
        (ENOUGH, "“Goes on”", "\n", 1),
        (ENOUGH, "7 days", "\n", 1),
        (f"{ENOUGH}.", "goes on", "\n", 1),
        (ENOUGH, "goes on", "\n\n", 1),
        (f"{FEW}:", "Goes on", "\n\n", 4),
    ],
)
def test_signs_against_a_join(left: str, right: str, gap: str, signs: int) -> None:
    assert len(list(against(left, right, gap))) == signs


def doubts_of(source: str, *, join: dict[str, Any] | None = None, encoding: str = "") -> Doubts:
    found, lookup = Collected(), Lookup()
    if join:
        found.joins.offer(0, (0, join))  # type: ignore[arg-type]
    if encoding:
        found.legacy.offer(0, (0, {"doc": "a", "encoding": encoding}))  # type: ignore[typeddict-item]
    doubts = Doubts(found, lookup)
    doubts.ask()
    for use in lookup._asked[0]["a"]:
        use(Read(Texts("a", source, "", [])))
    return doubts


def join(text: str, gap: str) -> dict[str, Any]:
    at = text.index(gap)
    return {
        "doc": "a",
        "rule": "linebreaks/hard-wrap",
        "old": gap,
        "note": "why",
        "source_start": at,
        "source_end": at + len(gap),
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{ENOUGH}\ngoes on", False),
        (f"{FEW}\ngoes on", False),  # one sign is not enough
        (f"{FEW}\nGoes on", True),
        ("“\nGoes on", False),  # a lone mark is joined for what it is
    ],
)
def test_joins_are_shown_when_two_signs_speak_against_them(text: str, shown: bool) -> None:
    found = doubts_of(text, join=join(text, "\n")).joins()
    assert bool(found) is shown
    if found:
        (doubt,) = found
        assert "joined because: why" in doubt.said
        assert 'text: "word word word word\\nGoes on"' in doubt.exception


FAR = "Всё хорошо, что хорошо кончается, говорили на пристани, когда паром наконец пришёл."
NEAR = "The café is closed."


def test_encodings_are_shown_when_another_one_is_as_probable() -> None:
    assert doubts_of(FAR, encoding="koi8_r").encodings() == []
    lead = runner_up(FAR.encode("koi8_r"), "koi8_r")
    assert lead is not None and lead[1] >= NARROW
    (doubt,) = doubts_of(NEAR, encoding="cp1252").encodings()
    assert doubt.said.startswith("read as cp1252, ahead of ") and doubt.exception == ""
    assert any(piece.kind == "del" for piece in doubt.text) and doubt.where.startswith("as ")


@pytest.mark.parametrize("encoding", ["mixed", "cesu-8", "no such encoding", "cp1252"])
def test_an_encoding_that_cannot_be_compared_is_not_doubted(encoding: str) -> None:
    assert doubts_of("日本", encoding=encoding).encodings() == []
