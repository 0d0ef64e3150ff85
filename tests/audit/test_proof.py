"""`clean verify` proves what the trail says of duplicates: every way of telling it wrong is noticed.

Each tampering is sealed: the sums in `run.json` are those of the changed files, so that nothing but the
proof itself can notice it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.audit.rebuild import open_run
from cleaner.audit.verify import file_sha256, verify
from cleaner.dedup import minhash
from cleaner.dedup.deciding.pairs import similarities
from cleaner.edits import outside
from cleaner.formats import jsontext
from cleaner.run.publishing.finish import _description
from cleaner.run.units import cut
from cleaner.settings import RuleSources, Settings
from tests.conftest import Result
from tests.formats.test_formats import page
from tests.run.test_promises import many, run_to
from tests.support.corpora import PIECES, texts, trail, write

Clean = Callable[..., Result]
Lines = list[dict[str, Any]]

LONG = (
    "The council of Harrow met on Tuesday evening and voted to keep the old bridge open for another year, "
    "although repairs will cost about two million crowns, as the engineer said who had inspected the pillars."
)
NEAR = LONG.replace("Tuesday", "Monday")
OTHER = (
    "Nobody who waits for the ferry in the valley of Harrow is dry tonight, and the last one is late again."
)
BROKEN = "Itâ€™s the third time this year that the ferry comes late, &amp; nobody says why it does so."
SECOND = f"Read also: Five more bridges\n\n{BROKEN}\n\n{NEAR}\n\n{OTHER}\n\nA line of its own.\n"


def txt(folder: Path) -> Path:
    return write(folder, {"a.txt": f"{LONG}\n\n{OTHER}\n", "b.txt": SECOND, "c.txt": f"{BROKEN}\n"})


def jsonl(folder: Path) -> Path:
    found = [f"{LONG}\n\n{OTHER}\n", SECOND, f"{BROKEN}\n"]
    return write(folder, {"x.jsonl": "".join(json.dumps({"text": text}) + "\n" for text in found)})


def csv(folder: Path) -> Path:
    found = [f"{LONG}\n\n{OTHER}\n", SECOND, f"{BROKEN}\n"]
    return write(folder, {"x.csv": "id,text\n" + "".join(f'1,"{text}"\n' for text in found)})


def parquet(folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    found = [f"{LONG}\n\n{OTHER}\n", SECOND, f"{BROKEN}\n"]
    pq.write_table(pa.table({"text": found}), folder / "x.parquet")
    return folder


def html(folder: Path) -> Path:
    return write(
        folder,
        {
            "a.html": page(f"{LONG}</p><p>{OTHER}"),
            "b.html": page(f"{BROKEN}</p><p>{NEAR}</p><p>{OTHER}</p><p>A line of its own."),
            "c.html": page(f"{BROKEN}"),
        },
    )


FORMATS = [txt, jsonl, csv, parquet, html]


def seal(out: Path) -> None:
    """Write the sums of what is there into run.json."""
    path = out / "_clean" / "run.json"
    run = json.loads(path.read_text())
    run["trail"] = {name: file_sha256(out / "_clean" / name) for name in run["trail"]}
    for item in run["outputs"]:
        item["sha256"] = file_sha256(out / item["path"])
    path.write_text(json.dumps(run))


def written(lines: Lines) -> bytes:
    """Write lines as the trail has them."""
    return b"".join(jsontext.dumps(line) + b"\n" for line in lines)


def change_lines(out: Path, kind: str, change: Callable[[Lines], object]) -> None:
    """Change the lines of one kind of the trail, all in one list, and seal the run."""
    (path,) = (out / "_clean").glob(f"{kind}-*.jsonl")
    lines = trail(out, kind)
    change(lines)
    path.write_bytes(written(lines))
    seal(out)


def configure(out: Path, **changes: object) -> None:
    """Change the parameters of deduplication that the run recorded."""
    path = out / "_clean" / "run.json"
    run = json.loads(path.read_text())
    run["configuration"]["surveys"]["dedup"] |= changes
    run["configuration_sha256"] = hashlib.sha256(jsontext.pretty(run["configuration"])).hexdigest()
    path.write_text(json.dumps(run))


def of(change: Callable[[dict[str, Any]], object]) -> Callable[[Lines], object]:
    """Change the line about the near duplicate."""

    def changed(lines: Lines) -> None:
        (line,) = (line for line in lines if line["kind"] == "near")
        change(line)

    return changed


def swap(name: str, old: str, new: str) -> Callable[[Lines], object]:
    def changed(line: dict[str, Any]) -> None:
        assert old in line[name]
        line[name] = line[name].replace(old, new)

    return of(changed)


def forged(line: dict[str, Any]) -> None:
    """Make a kept passage up whose similarity is right."""
    line |= {"kept_text": line["text"].replace("pillars", "arches")}
    pair = minhash.shingles(line["text"]), minhash.shingles(line["kept_text"])
    line["similarity"] = minhash.jaccard(*pair)


DUPLICATES = {
    "similarity": (of(lambda line: line.update(similarity=0.99)), "its similarity to the kept passage is 0."),
    "kept_text": (swap("kept_text", "crowns", "pounds"), "its kept passage is not in the output of"),
    "kept_text, and its similarity": (of(forged), "its kept passage is not in the output of"),
    "kept_text cut off": (of(lambda line: line.update(kept_text=line["kept_text"][:-9])), "its similarity"),
    "kept_doc": (
        of(lambda line: line.update(kept_doc=line["doc"])),
        "its kept passage is not in the output of",
    ),
    "kept_doc that is not": (of(lambda line: line.update(kept_doc="no:1")), "is not in the output of no:1"),
    "kept_corpus": (of(lambda line: line.update(kept_corpus="/etc")), "the run was not made against /etc"),
    "text": (swap("text", "Monday", "Friday"), "its text is not the text at"),
    "text, a letter of it": (swap("text", "Monday", "MONDAY"), "its text is not the text at"),
    "start": (of(lambda line: line.update(start=line["start"] - 1)), "its text is not the text at"),
    "start below zero": (of(lambda line: line.update(start=-5)), "its text is not the text at"),
    "end": (of(lambda line: line.update(end=10**9)), "its text is not the text at"),
    "source_start": (of(lambda line: line.update(source_start=0)), "it was at ("),
    "source_end": (of(lambda line: line.update(source_end=line["source_end"] + 1)), "it was at ("),
    "revision": (of(lambda line: line.update(revision=0)), "the text at"),
    "revision that is not": (of(lambda line: line.update(revision=99)), "the document has no revision 99"),
    "kind": (of(lambda line: line.update(kind="exact")), "its kind is not exact"),
    "kind that lowers the bar": (of(lambda line: line.update(kind="contained")), "its kind is not contained"),
    "action": (of(lambda line: line.update(action="flag")), "the action is flag, that of the run is remove"),
    "no claim": (lambda lines: lines.clear(), "was removed as a duplicate of nothing"),
    "one claim less": (lambda lines: lines.pop(), "was removed as a duplicate of nothing"),
    "a claim about another document": (
        of(lambda line: line.update(doc=line["kept_doc"])),
        "was removed as a duplicate of nothing",
    ),
    "a claim about no document": (
        of(lambda line: line.update(doc="zzz")),
        "no document of this name is here",
    ),
    "a field less": (of(lambda line: line.pop("kept_text")), "it lacks 'kept_text'"),
    "a number that is text": (of(lambda line: line.update(start="x")), "the audit trail cannot be followed"),
}


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Path], Path]], Path]:
    """Clean the corpus of a format once; return the output, which is not to be changed."""
    done: dict[Callable[[Path], Path], Path] = {}

    def made(source: Callable[[Path], Path]) -> Path:
        if source not in done:
            folder = tmp_path_factory.mktemp(source.__name__)
            run_to(source(folder / "in"), folder / "out")
            done[source] = folder / "out"
        return done[source]

    return made


def copy(out: Path, folder: Path) -> Path:
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return write(folder, files)


@pytest.mark.parametrize("source", FORMATS)
def test_what_was_done_is_proven(source: Any, cleaned: Any) -> None:
    out = cleaned(source)
    assert list(verify(open_run(out))) == []
    lines = trail(out, "duplicates")
    assert {"near", "exact"} == {line["kind"] for line in lines}
    (near,) = (line for line in lines if line["kind"] == "near")
    assert (
        near["revision"] > 0
    )  # earlier steps changed the document, so places in it and in the source differ
    assert near["start"] != near["source_start"]


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("name", DUPLICATES)
def test_tampered_claims_are_noticed(source: Any, name: str, cleaned: Any, tmp_path: Path) -> None:
    out = copy(cleaned(source), tmp_path / "out")
    change, message = DUPLICATES[name]
    change_lines(out, "duplicates", change)
    problems = list(verify(open_run(out)))
    assert any(message in problem for problem in problems), problems
    removed = {line["doc"] for line in trail(cleaned(source), "duplicates")}
    if "cannot be followed" not in problems[-1]:
        assert any(problem.startswith(f"{doc}: ") for doc in removed for problem in problems), problems
    if "claim" not in name and "followed" not in problems[-1]:
        assert any("duplicates-00000.jsonl:" in problem for problem in problems), problems


def cuts(lines: Lines) -> Lines:
    return [line for line in lines if line["step"] == "dedup"]


EDITS = {
    "another step": (lambda lines: cuts(lines)[0].update(step="boilerplate"), "was not removed"),
    "a step that only flags": (lambda lines: lines[0].update(step="translation"), "but may only flag"),
    "text that was put in": (
        lambda lines: next(line for line in lines if line["new"].strip()).update(step="dedup"),
        "but may only remove text",
    ),
    "more than was claimed": (
        lambda lines: next(line for line in lines if "Five more" in line["old"]).update(step="dedup"),
        "“Read also: Five more bridges” was removed as a duplicate of nothing",
    ),
    "the rule of another kind": (
        lambda lines: next(line for line in lines if line["rule"] == "dedup/near").update(rule="dedup/exact"),
        "its kind is near, but dedup/exact removed it",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_tampered_edits_are_noticed(name: str, cleaned: Any, tmp_path: Path) -> None:
    out = copy(cleaned(txt), tmp_path / "out")
    change, message = EDITS[name]
    change_lines(out, "edits", change)
    problems = list(verify(open_run(out)))
    assert any(message in problem for problem in problems), problems


PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "threshold": ({"threshold": 0.95}, "is below the threshold 0.95"),
    "shingle": ({"shingle": 3}, "its similarity to the kept passage is 0."),
    "action": ({"action": "flag"}, "the action is remove, that of the run is flag"),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_count(name: str, cleaned: Any, tmp_path: Path) -> None:
    out = copy(cleaned(txt), tmp_path / "out")
    changes, message = PARAMETERS[name]
    configure(out, **changes)
    problems = list(verify(open_run(out)))
    assert any(message in problem for problem in problems), problems


def test_the_command_names_document_line_and_what_is_wrong(
    cleaned: Any, tmp_path: Path, clean: Clean
) -> None:
    out = copy(cleaned(txt), tmp_path / "out")
    result = clean("verify", out)
    assert result.code == 0
    assert "3 duplicates compared again: each is similar enough to a passage that was kept" in result.out
    change_lines(out, "duplicates", of(lambda line: line.update(similarity=0.5)))
    result = clean("verify", out)
    assert result.code == 1
    assert result.out.startswith("b.txt: duplicates-00000.jsonl:1: its similarity to the kept passage is 0.")
    assert "compared again" not in result.out


def test_a_kept_passage_that_went_is_noticed(cleaned: Any, tmp_path: Path) -> None:
    """The input still comes back when a later edit is invented that takes the kept passage out."""
    out = copy(cleaned(txt), tmp_path / "out")
    text = (out / "a.txt").read_text()
    (out / "a.txt").write_text(text.removeprefix(f"{LONG}\n\n"))
    edit = {
        "doc": "a.txt",
        "step": "boilerplate",
        "rule": "x/y",
        "start": 0,
        "end": len(LONG) + 2,
        "note": "",
    }
    edit |= {"old": f"{LONG}\n\n", "new": "", "source_start": 0, "source_end": len(LONG) + 2, "revision": 0}
    change_lines(out, "edits", lambda lines: lines.insert(0, edit))
    change_lines(out, "documents", lambda lines: lines[0].update(output_end=len(text) - len(LONG) - 2))
    path = out / "_clean" / "inputs-00000.jsonl"
    lines = trail(out, "inputs")
    lines[0]["output_bytes"] -= len(LONG) + 2
    path.write_bytes(written(lines))
    seal(out)
    (problem,) = verify(open_run(out))
    assert problem == "b.txt: duplicates-00000.jsonl:1: its kept passage is not in the output of a.txt"


# ---------------------------------------------------------------- action: flag


@pytest.mark.parametrize("source", FORMATS)
def test_flagged_duplicates_are_proven(source: Any, tmp_path: Path, clean: Clean) -> None:
    out = tmp_path / "out"
    assert clean("dedup", source(tmp_path / "in"), out, "-q", "--action", "flag").code == 0
    assert len(trail(out, "duplicates")) >= 2 and trail(out, "edits") == []
    assert clean("verify", out).code == 0
    change_lines(out, "duplicates", swap("text", "Monday", "Friday"))
    assert "its text is not the text at" in clean("verify", out).out


def test_a_flag_that_changed_text_is_noticed(tmp_path: Path, clean: Clean) -> None:
    """What took a passage out is told as a flag: then nothing accounts for the text that went."""
    out = tmp_path / "out"
    assert clean("dedup", txt(tmp_path / "in"), out, "-q").code == 0
    change_lines(out, "duplicates", lambda lines: [line.update(action="flag") for line in lines])
    configure(out, action="flag")
    result = clean("verify", out)
    assert result.code == 1
    assert "was removed as a duplicate of nothing" in result.out


# ---------------------------------------------------------------- earlier outputs


@pytest.fixture
def against(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an output `out` that was made against the output `earlier`, both as relative paths."""
    monkeypatch.chdir(tmp_path)
    write(Path("old"), {"o.txt": f"{OTHER}\n", "n.jsonl": json.dumps({"text": f"{BROKEN}\n\n{LONG}"}) + "\n"})
    assert clean("run", "old", "earlier", "-q").code == 0
    write(Path("in"), {"b.txt": SECOND})
    assert clean("run", "in", "out", "-q", "--against", "earlier").code == 0
    assert {line["kept_corpus"] for line in trail(Path("out"), "duplicates")} == {"earlier"}
    return tmp_path


def test_an_edit_names_the_earlier_output_that_holds_what_is_kept(against: Path) -> None:
    notes = [line["note"] for line in trail(Path("out"), "edits") if line["step"] == "dedup"]
    assert len(notes) == 3
    assert all(" to earlier/" in note for note in notes), notes


def test_kept_passages_of_an_earlier_output_are_looked_up(against: Path, clean: Clean) -> None:
    result = clean("verify", "out")
    assert result.code == 0
    assert "3 duplicates compared again" in result.out


def drop_earlier_record(against: Path) -> None:
    path = against / "earlier" / "n.jsonl"
    path.write_text(path.read_text().replace("crowns", "pounds"))


def replace_earlier(against: Path) -> None:
    (against / "earlier" / "o.txt").write_text(f"One more line.\n{OTHER}\n")
    lines = trail(against / "earlier", "inputs")
    lines[-1]["output_bytes"] += 15
    (against / "earlier" / "_clean" / "inputs-00000.jsonl").write_bytes(written(lines))
    lines = trail(against / "earlier", "documents")
    lines[-1]["output_end"] += 15
    (against / "earlier" / "_clean" / "documents-00000.jsonl").write_bytes(written(lines))


EARLIER = {
    "its text changed": (drop_earlier_record, "is not in the output of earlier/n.jsonl:1"),
    "it stands elsewhere now": (replace_earlier, "is not in the output of earlier/o.txt"),
    "another place in it": (
        lambda folder: change_lines(
            folder / "out", "duplicates", of(lambda line: line.update(kept_source_start=0))
        ),
        "its kept passage is not ",
    ),
    "another document": (
        lambda folder: change_lines(
            folder / "out", "duplicates", of(lambda line: line.update(kept_doc="o.txt"))
        ),
        "is not in the output of earlier/o.txt",
    ),
    "no document": (
        lambda folder: change_lines(
            folder / "out", "duplicates", of(lambda line: line.update(kept_doc="p.txt"))
        ),
        "is not in the output of earlier/p.txt",
    ),
    "told as its own": (
        lambda folder: change_lines(
            folder / "out", "duplicates", of(lambda line: line.update(kept_corpus=None))
        ),
        "its kept passage is not in the output of n.jsonl:1",
    ),
    "a file is gone": (
        lambda folder: (folder / "earlier" / "o.txt").unlink(),
        "cannot be followed: earlier: o.txt",
    ),
}


@pytest.mark.parametrize("name", EARLIER)
def test_an_earlier_output_that_does_not_hold_it_is_noticed(name: str, against: Path, clean: Clean) -> None:
    tamper, message = EARLIER[name]
    tamper(against)
    result = clean("verify", "out")
    assert result.code == 1
    assert message in result.out


def test_an_earlier_output_that_is_not_here_is_said(
    against: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    (against / "elsewhere").mkdir()
    monkeypatch.chdir(against / "elsewhere")
    result = clean("verify", "../out")
    assert result.code == 0
    said = "earlier: cannot be proven: the folder is missing; 3 duplicates were removed for passages in it"
    assert said in result.out
    assert "compared again" not in result.out
    change_lines(against / "out", "duplicates", of(lambda line: line.update(similarity=0.99)))
    assert clean("verify", "../out").code == 1  # what can be proven is


# ---------------------------------------------------------------- units, kinds, shards


@pytest.mark.parametrize("unit", ["paragraph", "block", "sentences(1)", "sentences(2)", "document"])
@pytest.mark.parametrize("action", ["remove", "flag"])
@given(documents=st.lists(texts(), min_size=1, max_size=4))
@settings(max_examples=10)
def test_any_unit_is_proven(
    unit: str, action: str, documents: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("unit")
    documents = [*documents, " ".join(PIECES[:3]), "\n".join(PIECES[:4]) + "\n\n" + " ".join(PIECES[:3])]
    write(folder / "in", {f"{k}.txt": text for k, text in enumerate(documents)})
    options = (
        ("dedup/near", "unit", unit),
        ("dedup/near", "action", action),
        ("dedup/near", "keep", "longest"),
    )
    run_to(folder / "in", folder / "out", steps=Settings(rules=RuleSources(options=options)))
    assert list(verify(open_run(folder / "out"))) == []


BLOCK = f"{LONG}\nIt was not clear who would pay.\n{OTHER}\n"


@pytest.mark.parametrize("part", ["council", "who would pay", "last one is late"])
def test_a_passage_with_an_exempt_part_stays_whole(
    part: str, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a passage would be gone otherwise, with nothing in the trail that says what stays for it."""
    monkeypatch.chdir(tmp_path)
    options = "rules:\n  dedup/near: {with.unit: block}\nexceptions:\n  - {rule: 'dedup/*', text: '%s'}\n"
    write(tmp_path, {"clean.yaml": options % part})
    files: dict[str, str | bytes] = {"a.txt": f"{BLOCK}\n{BROKEN}\n", "b.txt": f"{BLOCK}\n{BROKEN}\n"}
    write(tmp_path / "in", files)
    assert clean("run", "in", "out", "-q", "--steps", "dedup").code == 0
    assert (tmp_path / "out" / "b.txt").read_text() == BLOCK
    assert [line["text"] for line in trail(tmp_path / "out", "duplicates")] == [BROKEN]
    assert clean("verify", "out").code == 0


def test_contained_passages_are_proven(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{LONG}\n", "b.txt": f"{OTHER} {LONG} {OTHER} {BROKEN}\n"})
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "--unsafe").code == 0
    (line,) = trail(out, "duplicates")
    assert line["kind"] == "contained" and line["similarity"] < 0.7
    assert clean("verify", out).code == 0

    def not_held(lines: Lines) -> None:
        lines[0]["kept_text"] = lines[0]["kept_text"].replace("crowns", "pounds")
        pair = minhash.shingles(lines[0]["text"]), minhash.shingles(lines[0]["kept_text"])
        lines[0]["similarity"] = minhash.jaccard(*pair)

    change_lines(out, "duplicates", not_held)
    assert "the kept passage does not contain it" in clean("verify", out).out


def test_kept_passages_in_other_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = many(tmp_path / "in")
    monkeypatch.setattr("cleaner.run.settle.cut", lambda files: cut(files, shard_bytes=20_000))
    run_to(source, tmp_path / "out")
    monkeypatch.setattr("cleaner.audit.proof.kept._ROOM", 500)  # most of what waits goes to the file
    monkeypatch.setattr("cleaner.audit.proof.similar.INTERPRETED_BYTES", 1000)
    assert list(verify(open_run(tmp_path / "out"))) == []
    part = sorted((tmp_path / "out" / "_clean").glob("duplicates-*.jsonl"))[-2]
    lines = [json.loads(line) for line in part.read_text().splitlines()]
    line = next(line for line in lines if line["kept_doc"] == "many.jsonl:1")
    line["kept_doc"] = "many.jsonl:150"
    part.write_bytes(written(lines))
    seal(tmp_path / "out")
    (problem,) = verify(open_run(tmp_path / "out"))
    where = f"{line['doc']}: {part.name}:{lines.index(line) + 1}: "
    assert problem == f"{where}its kept passage is not in the output of many.jsonl:150"


def test_parameters_are_recorded() -> None:
    recorded = _description(Settings())["configuration"]["surveys"]["dedup"]
    assert recorded is not None
    assert (recorded["threshold"], recorded["shingle"], recorded["action"]) == (0.7, 5, "remove")
    assert _description(Settings(steps=("encoding",)))["configuration"]["surveys"] == {}


WORDS = st.lists(st.sampled_from(["one", "Two", "three", "été", "东京", "a", "Σ", "***", "\n"]), max_size=30)


@given(
    pairs=st.lists(st.tuples(WORDS.map(" ".join), WORDS.map(" ".join)), max_size=5), size=st.integers(1, 6)
)
def test_similarities_are_those_of_the_definition(pairs: list[tuple[str, str]], size: int) -> None:
    plain = [
        minhash.jaccard(minhash.shingles(one, size=size), minhash.shingles(other, size=size))
        for one, other in pairs
    ]
    assert similarities(pairs, size) == plain


SPANS = st.lists(st.integers(0, 12), max_size=8).map(
    lambda numbers: [*zip(sorted({*numbers})[::2], sorted({*numbers})[1::2], strict=False)]
)


@given(text=st.text("ab ", min_size=12, max_size=12), spans=SPANS, covers=SPANS)
def test_outside(text: str, spans: list[tuple[int, int]], covers: list[tuple[int, int]]) -> None:
    inside = {k for start, end in covers for k in range(start, end)}
    left = [k for start, end in spans for k in range(start, end) if k not in inside and text[k] != " "]
    found = outside(text, spans, covers)
    assert bool(found) == bool(left)
    assert found == found.strip()
