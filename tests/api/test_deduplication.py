"""Duplicates among rows: what is found is what `clean dedup` finds, and each is proven."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner import Deduplicator, Document, UsageError

STORM = "The ferry to the island has been cancelled again because of the storm and the high waves."
OTHER = "Nobody had told the keeper of the lighthouse that the road along the cliff was closed to cars."
NEARLY = STORM.replace("waves", "waves, which had come early this time")


def test_rows_come_out_without_what_repeats() -> None:
    rows = [{"n": 1, "text": STORM}, {"n": 2, "text": f"{OTHER}\n\n{STORM}"}, {"n": 3, "text": STORM}]
    with Deduplicator() as found:
        assert list(found.deduplicate(rows)) == [rows[0], {"n": 2, "text": OTHER}]
        assert len(found) == 3


def test_texts_and_documents_come_out_as_such() -> None:
    doc = Document("b.txt", f"{OTHER}\n\n{STORM}", id=[7], language="en", source="a.example")
    with Deduplicator() as found:
        text, kept = found.deduplicate([STORM, doc])
    assert text == STORM
    assert (kept.text, kept.key, kept.id, kept.source) == (OTHER, "b.txt", [7], "a.example")
    assert kept.original() == doc.text


def test_each_duplicate_names_what_is_kept() -> None:
    with Deduplicator() as found:
        found.add([OTHER, STORM]).add([f"News.\n{STORM.upper()}"])
        [repeat] = found.duplicates()
    assert (repeat.row, repeat.kept_row, repeat.similarity, repeat.kind) == (2, 1, 1.0, "exact")
    assert f"News.\n{STORM.upper()}"[repeat.start : repeat.end] == repeat.text == STORM.upper()
    assert STORM[repeat.kept_start : repeat.kept_end] == repeat.kept_text == STORM


def test_rows_that_are_added_later_displace_none() -> None:
    with Deduplicator() as found:
        assert list(found.deduplicate([STORM])) == [STORM]
        assert list(found.deduplicate([f"{STORM} ", OTHER])) == [STORM, OTHER]


@pytest.mark.parametrize(("threshold", "rows"), [(0.5, 1), (0.9, 2)])
def test_the_threshold(threshold: float, rows: int) -> None:
    with Deduplicator(threshold=threshold) as found:
        assert len(list(found.deduplicate([STORM, NEARLY]))) == rows


def test_the_longest_may_be_kept() -> None:
    with Deduplicator(threshold=0.5, keep="longest") as found:
        assert list(found.deduplicate([STORM, NEARLY])) == [NEARLY]


def test_an_earlier_output_counts_as_seen(clean, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORM)
    assert clean("run", "-q", "--isolated", tmp_path / "a.txt", tmp_path / "out").code == 0
    with Deduplicator(against=[tmp_path / "out"]) as found:
        assert list(found.deduplicate([STORM, OTHER])) == [OTHER]
        [repeat] = found.duplicates()
    assert (repeat.kept_row, repeat.kept_corpus, repeat.kept_key) == (None, str(tmp_path / "out"), "a.txt")
    assert repeat.kept_text == STORM


def test_the_command_line_and_a_program_do_the_same(clean, tmp_path: Path) -> None:
    words = STORM.split()
    rows = [{"id": n, "text": f"{STORM}\n\n{OTHER}\n\n{' '.join(words[n % 9 :] + words)}"} for n in range(30)]
    source = tmp_path / "rows.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert clean("dedup", "-q", "--isolated", source, tmp_path / "out").code == 0
    written = [json.loads(line) for line in (tmp_path / "out" / "rows.jsonl").read_text().splitlines()]
    with Deduplicator() as found:
        assert list(found.deduplicate(rows)) == written
        repeats = list(found.duplicates())
    lines = [
        json.loads(line)
        for line in (tmp_path / "out" / "_clean" / "duplicates-00000.jsonl").read_text().splitlines()
    ]
    assert [(f"rows.jsonl:{one.row + 1}", one.text, one.similarity) for one in repeats] == [
        (line["doc"], line["text"], line["similarity"]) for line in lines
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 2.0}, "threshold"),
        ({"unit": "words"}, "unit"),
        ({"against": ["no-such-output"]}, "no-such-output"),
    ],
)
def test_options_are_judged_first(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Deduplicator(**options)  # type: ignore[arg-type]


def test_a_row_that_cannot_be_kept() -> None:
    with Deduplicator() as found:
        with pytest.raises(UsageError, match="row 1: it has a field that JSON cannot say"):
            found.add([{"text": "a"}, {"text": "a", "when": object()}])
        with pytest.raises(UsageError, match="row 1: a row is a text"):
            found.add([{"body": "a"}])
        assert list(found.deduplicate(["b"])) == [{"text": "a"}, "b"]
