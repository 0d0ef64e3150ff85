"""Decontamination: what overlaps an evaluation set goes, with proof; what only looks like it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cleaner import Deduplicator, UsageError
from cleaner.dedup.contamination.overlap import overlap, telling
from cleaner.dedup.tokens import tokens

ITEM = (
    "Maria buys four crates of apples for nine crowns each and sells them again for twelve crowns each. "
    "How many crowns does she earn?"
)
CHANGED = (
    "Maria buys four crates of apples for nine crowns each and sells them again at the fair, and is content."
)
FERRY = (
    "The ferry to the island has been cancelled again because of the storm and the high waves that came in."
)
THIRTEEN = "one fine day the keeper of the old lighthouse found a green bottle"
HAN = "港务局长昨天下午在旧码头的石墙下面派了两名潜水员去查看发现那里有一只很大的铁箱子里面装满了信件"

Clean = Callable[..., Any]


def words(number: int) -> str:
    return " ".join(f"{THIRTEEN} and nobody knew".split()[:number])


# ---------------------------------------------------------------- a passage and a text

NOTHING = {
    "a short item": ("Which river is it? Which runs through the town, and under which bridge?", "Which river is it?"),
    "one word less than counts": (f"Then {words(12)}, they say.", f"{words(12)}."),
    "twelve words in a row": (f"{words(12)} cat that slept.", f"{words(12)} bottle with a letter."),
    "numbers alone": (" ".join(map(str, range(40))), " ".join(map(str, range(40)))),
    "one word again and again": ("la " * 40, "la " * 40),
    "a few words again and again": ("row the boat " * 20, "row the boat " * 20),
    "thirteen characters without spaces": (HAN[:13] + "船", "灯" + HAN[:13]),
    "the same words in another order": (FERRY, " ".join(reversed(FERRY.split()))),
    "nothing": ("", ITEM),
    "no text": (ITEM, ""),
}  # fmt: skip
SHARED = {
    "a text in a passage": (f"A puzzle: {ITEM} Think.", ITEM, 24, True),
    "a passage in a text": (CHANGED.partition(" at the")[0], ITEM, 14, True),
    "a passage over two lines": (f"{ITEM[-50:]} And why is she?", f"{ITEM}\n\nAnd why is she?", 13, True),
    "a line of a text": (f"They asked: {THIRTEEN}?", f"Read this.\n{THIRTEEN}\nThen answer.", 13, True),
    "another case and other marks": (f"— {ITEM.upper().replace(' ', '  ')}!", ITEM, 24, True),
    "a run": (CHANGED, ITEM, 14, False),
    "thirteen words in a row": (f"{words(13)} cat", f"so {words(13)} bottle", 13, False),
    "characters without spaces": (HAN[:39] + "船", "灯" + HAN[:39], 39, False),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_no_overlap(name: str) -> None:
    text, held = NOTHING[name]
    assert overlap(text, held, 13) is None


@pytest.mark.parametrize("name", SHARED)
def test_what_is_shared(name: str) -> None:
    text, held, length, whole = SHARED[name]
    found = overlap(text, held, 13)
    assert found is not None
    assert (found.length, found.whole) == (length, whole)
    assert tokens(text)[found.first : found.first + length] == tokens(held)[found.at : found.at + length]


@pytest.mark.parametrize(("number", "enough"), [(12, False), (13, True)])
def test_how_many_words_say_enough(number: int, enough: bool) -> None:
    assert telling(words(number).split(), 13) is enough


@pytest.mark.parametrize(("different", "enough"), [(6, False), (7, True)])
def test_how_many_of_them_must_differ(different: int, enough: bool) -> None:
    run = [chr(ord("a") + min(k, different - 1)) for k in range(13)]
    assert telling(run, 13) is enough


# ---------------------------------------------------------------- a corpus


def records(path: Path, texts: Sequence[str], field: str = "text") -> Path:
    path.write_text("".join(json.dumps({field: text}, ensure_ascii=False) + "\n" for text in texts))
    return path


def folder(path: Path, texts: dict[str, str]) -> Path:
    path.mkdir()
    for name, text in texts.items():
        (path / name).write_text(text)
    return path


def lines(out: Path, kind: str = "duplicates") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "_clean" / f"{kind}-00000.jsonl").read_text().splitlines()]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    records(tmp_path / "eval.jsonl", ["Which river?", ITEM])
    folder(
        tmp_path / "in",
        {
            "a.txt": f"Puzzles for Sunday.\n\nOne more: {ITEM} Think.\n\n{FERRY}\n\nWhich river?\n",
            "b.txt": f"{CHANGED}\n\n{FERRY}\n",
        },
    )
    return tmp_path


@pytest.mark.parametrize("command", ["run", "dedup"])
@pytest.mark.parametrize(
    ("mode", "kinds", "second"),
    [
        ("contained", ["contained", "exact"], f"{CHANGED}\n"),
        ("overlap", ["contained", "overlap", "exact"], None),
    ],
)
def test_what_overlaps_is_removed_and_proven(
    command: str, mode: str, kinds: list[str], second: str | None, work: Path, clean: Clean
) -> None:
    options = ("-q", "--isolated", "--against", "eval.jsonl", "--mode", mode)
    assert clean(command, "in", "out", *options).code == 0
    assert (work / "out" / "a.txt").read_text() == f"Puzzles for Sunday.\n\n{FERRY}\n\nWhich river?\n"
    written = work / "out" / "b.txt"
    assert (written.read_text() if written.exists() else None) == second
    found = lines(work / "out")
    assert [line["kind"] for line in found] == kinds
    assert (found[0]["kept_corpus"], found[0]["kept_doc"], found[0]["kept_text"]) == (
        "eval.jsonl",
        "eval.jsonl:2",
        ITEM,
    )
    assert [line["shared"] for line in found] == [24, None] if mode == "contained" else [24, 14, None]
    assert clean("verify", "out").code == 0
    assert (
        "eval.jsonl:2 of the evaluation set eval.jsonl (contained, 24 tokens in a row)"
        in clean("why", "out", "a.txt:3").out
    )
    assert clean("restore", "out", "back").code == 0
    assert [(work / "back" / name).read_bytes() for name in ("a.txt", "b.txt")] == [
        (work / "in" / name).read_bytes() for name in ("a.txt", "b.txt")
    ]
    assert clean(command, "out", "again", *options).code == 0
    assert lines(work / "again") == []


def test_it_may_be_flagged_only(work: Path, clean: Clean) -> None:
    options = ("--against", "eval.jsonl", "--mode", "overlap", "--action", "flag")
    assert clean("dedup", "in", "out", "-q", "--isolated", *options).code == 0
    assert (work / "out" / "a.txt").read_bytes() == (work / "in" / "a.txt").read_bytes()
    assert [(line["kind"], line["action"]) for line in lines(work / "out")] == [
        ("contained", "flag"),
        ("overlap", "flag"),
        ("exact", "flag"),
    ]
    assert (
        lines(work / "out", "flags")[0]["message"]
        == "overlaps an evaluation set: 24 tokens in a row of eval.jsonl:2:0"
    )
    assert clean("verify", "out").code == 0


def test_check_says_it_beforehand(work: Path, clean: Clean) -> None:
    result = clean("check", "in", "--isolated", "--against", "eval.jsonl", "--mode", "contained")
    assert result.code == 1
    assert (
        "which repeats eval.jsonl:2 of the evaluation set eval.jsonl (contained, 24 tokens in a row)"
        in result.out
    )


def test_nothing_is_removed_for_a_passage_that_is_removed_itself(work: Path, clean: Clean) -> None:
    (work / "in" / "c.txt").write_text((work / "in" / "a.txt").read_text())
    assert clean("dedup", "in", "out", "-q", "--against", "eval.jsonl", "--mode", "contained").code == 0
    assert [line["kept_corpus"] for line in lines(work / "out") if ITEM in line["text"]] == ["eval.jsonl"] * 2
    assert clean("verify", "out").code == 0


def test_an_exception_keeps_a_passage(work: Path, clean: Clean) -> None:
    exception = {"rule": "dedup/evaluation", "document": "a.txt", "text": "One more"}
    (work / "clean.yaml").write_text(json.dumps({"exceptions": [exception]}))
    assert clean("run", "in", "out", "-q", "--against", "eval.jsonl", "--mode", "overlap").code == 0
    assert ITEM in (work / "out" / "a.txt").read_text()
    assert [line["doc"] for line in lines(work / "out") if line["kept_corpus"]] == ["b.txt"]
    assert clean("verify", "out").code == 0


@pytest.mark.parametrize(("pages", "removed"), [(10, 10), (11, 0)])
def test_a_phrase_of_many_passages_is_no_reason(pages: int, removed: int, work: Path, clean: Clean) -> None:
    """GPT-3 ignored runs of more than ten documents; copies of one passage count once here."""
    records(work / "eval.jsonl", [f"{THIRTEEN} with a letter in it. Who wrote it?"])
    texts = [f"Chapter {'abcdefghijk'[k]} {k}: {THIRTEEN}." for k in range(pages)]
    records(work / "corpus.jsonl", texts + texts[:1])
    assert (
        clean("dedup", "corpus.jsonl", "out", "-q", "--against", "eval.jsonl", "--mode", "overlap").code == 0
    )
    found = [line for line in lines(work / "out") if line["kind"] == "overlap"]
    assert len(found) == (removed + 1 if removed else 0)


def test_a_phrase_counts_where_it_is_a_whole_line(work: Path, clean: Clean) -> None:
    records(work / "eval.jsonl", [THIRTEEN])
    records(work / "corpus.jsonl", [f"Chapter {k}: {THIRTEEN}." for k in range(11)])
    assert (
        clean("dedup", "corpus.jsonl", "out", "-q", "--against", "eval.jsonl", "--mode", "overlap").code == 0
    )
    assert len(lines(work / "out")) == 11


def test_fields_folders_and_other_formats(work: Path, clean: Clean) -> None:
    sets = work / "sets"
    sets.mkdir()
    (sets / "a.csv").write_text(f'question,answer\n"{ITEM}",twelve\n')
    (sets / "notes.png").write_bytes(b"\x89PNG")
    options = (
        "--against",
        "sets",
        "--mode",
        "contained",
        "--against-field",
        "answer",
        "--against-field",
        "question",
    )
    assert clean("run", "in", "out", "-q", "--isolated", *options).code == 0
    assert [line["kept_doc"] for line in lines(work / "out") if line["kept_corpus"]] == ["a.csv:1"]
    assert clean("verify", "out").code == 0


def test_compressed_sets_are_read(work: Path, clean: Clean) -> None:
    import gzip

    (work / "eval.jsonl.gz").write_bytes(gzip.compress((work / "eval.jsonl").read_bytes()))
    options = ("--against", "eval.jsonl.gz", "--mode", "contained")
    assert clean("run", "in", "out", "-q", "--isolated", *options).code == 0
    assert [line["kept_doc"] for line in lines(work / "out") if line["kept_corpus"]] == ["eval.jsonl.gz:2"]
    assert clean("verify", "out").code == 0


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no set": (("--mode", "contained"), "name one with --against"),
    "a set without a mode": (("--against", "eval.jsonl"), "an evaluation set needs --mode contained"),
    "no such set": (("--against", "none.jsonl", "--mode", "overlap"), "none.jsonl: no such evaluation set"),
    "no such field": (
        ("--against", "eval.jsonl", "--mode", "overlap", "--against-field", "question"),
        "eval.jsonl:1 cannot be compared with: the record has no field 'question'; --against-field names",
    ),
    "short texts alone": (("--against", "short.jsonl", "--mode", "overlap"), "holds no text of 13 words"),
    "no format": (("--against", "eval.bin", "--mode", "overlap"), "no format has its extension"),
    "no such mode": (("--against", "eval.jsonl", "--mode", "contain"), "did you mean 'contained'"),
    "the rule is off": (
        ("--against", "eval.jsonl", "--mode", "overlap", "--ignore", "dedup/evaluation"),
        "needs --mode contained, and the rule dedup/evaluation",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_before_anything_is_written(name: str, work: Path, clean: Clean) -> None:
    options, message = REFUSED[name]
    records(work / "short.jsonl", ["Which river?"])
    (work / "eval.bin").write_bytes(b"x")
    result = clean("run", "in", "out", "-q", "--isolated", *options)
    assert result.code == 2
    assert message in result.err
    assert not (work / "out").exists()


def test_a_stream_compares_with_nothing(work: Path, clean: Clean) -> None:
    result = clean("run", "-", "-", "--against", "eval.jsonl", "--mode", "contained")
    assert result.code == 2
    assert "--against is for an output folder" in result.err


def change(out: Path, **values: Any) -> None:
    path = out / "_clean" / "duplicates-00000.jsonl"
    found = lines(out)
    found[0] |= values
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found))


TAMPERED: dict[str, tuple[dict[str, Any], str]] = {
    "less is shared": ({"shared": 23}, "it shares 24 tokens in a row, not 23"),
    "another kind": ({"kind": "overlap"}, "its kind is not overlap"),
    "another document": ({"kept_doc": "eval.jsonl:1"}, "is not in eval.jsonl:1 of eval.jsonl"),
    "another place": ({"kept_source_start": 1, "kept_source_end": 130}, "is not in eval.jsonl:2 of eval.jsonl"),
    "another text": ({"kept_text": FERRY, "kept_source_end": len(FERRY)}, "does not share 13 words in a row"),
    "another set": ({"kept_corpus": "other.jsonl"}, "was not made against other.jsonl"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_a_claim_that_is_not_true_is_noticed(name: str, work: Path, clean: Clean) -> None:
    assert clean("dedup", "in", "out", "-q", "--against", "eval.jsonl", "--mode", "contained").code == 0
    values, message = TAMPERED[name]
    change(work / "out", **values)
    result = clean("verify", "out")
    assert result.code == 1
    assert message in result.out


def test_a_set_that_was_changed_or_is_gone(work: Path, clean: Clean) -> None:
    assert clean("dedup", "in", "out", "-q", "--against", "eval.jsonl", "--mode", "contained").code == 0
    records(work / "eval.jsonl", [ITEM, "Which river?"])
    assert "is not in eval.jsonl:2 of eval.jsonl" in clean("verify", "out").out
    (work / "eval.jsonl").unlink()
    result = clean("verify", "out")
    assert result.code == 0
    assert "eval.jsonl: cannot be proven" in result.out


def test_any_number_of_workers_writes_the_same(work: Path, clean: Clean) -> None:
    trails = []
    for jobs in (1, 2):
        options = ("--against", "eval.jsonl", "--mode", "overlap", "--jobs", jobs)
        assert clean("run", "in", f"out{jobs}", "-q", "--isolated", *options).code == 0
        trails.append((work / f"out{jobs}" / "_clean" / "run.json").read_bytes())
    assert trails[0] == trails[1]


# ---------------------------------------------------------------- from Python


def test_rows_are_decontaminated(work: Path) -> None:
    rows = [FERRY, f"One more: {ITEM}", CHANGED]
    with Deduplicator(against=["eval.jsonl"], mode="contained") as found:
        assert list(found.deduplicate(rows)) == [FERRY, CHANGED]
        [repeat] = found.duplicates()
    assert (repeat.row, repeat.kept_corpus, repeat.kept_key, repeat.kept_text) == (
        1,
        "eval.jsonl",
        "eval.jsonl:2",
        ITEM,
    )
    assert (repeat.kind, repeat.shared, repeat.kept_row) == ("contained", 24, None)


def test_options_of_a_program_are_judged(work: Path) -> None:
    with pytest.raises(UsageError, match="name one with --against"):
        Deduplicator(mode="overlap")
    with pytest.raises(UsageError, match="no field 'question'"):
        Deduplicator(mode="overlap", against=["eval.jsonl"], against_fields=["question"])


# ---------------------------------------------------------------- compiled and interpreted


def test_the_compiled_hashes_are_those_of_the_definition() -> None:
    import numpy as np

    from cleaner.dedup.contamination.gram_hashes import compiled
    from cleaner.dedup.contamination.grams import interpreted

    texts = [ITEM, HAN, "", "a b", "Σας, $5 <= 3 é naïve o'clock -5 " * 3, "$ + = " * 30]
    data = [text.encode() for text in texts]
    bounds = np.cumsum([0, *map(len, data)])
    buffer = np.frombuffer(b"".join(data), np.uint8)
    slow = interpreted(buffer, bounds[:-1], bounds[1:], 13)
    fast = compiled(buffer, bounds[:-1], np.diff(bounds), 13)
    assert slow.hashes.tolist() == fast[0].tolist()
    assert slow.owners.tolist() == fast[1].tolist()
    assert len(slow.hashes) > 100


def test_a_text_that_many_share_is_still_found() -> None:
    import numpy as np

    from cleaner.dedup.contamination.grams import MOST, Index

    index = Index.of([*[f"{THIRTEEN} number {k}" for k in range(MOST + 50)], f"{THIRTEEN} and {ITEM}"], 13)
    data = f"{THIRTEEN} and {ITEM}".encode()
    [(passage, _, texts)] = index.candidates(
        np.frombuffer(data, np.uint8), np.array([0]), np.array([len(data)])
    )
    assert passage == 0
    assert MOST + 50 in texts
