"""The promises of the contract as properties: nothing lost, same bytes, all or nothing, removals proven."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.audit.rebuild import open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from cleaner.dedup.minhash import jaccard, shingles
from cleaner.engines.local import LocalEngine
from cleaner.run.discover import discover
from cleaner.run.guard.place import open_work
from cleaner.run.job import Job
from cleaner.run.publishing.finish import publish_run
from cleaner.run.settle import settle
from cleaner.run.units import cut
from cleaner.settings import Settings
from tests.conftest import PROJECT, Result
from tests.support.corpora import PIECES, assert_duplicates_proven, output_texts, texts, trail, tree, write

LONG = " ".join(PIECES[:2])


def run_to(source: Path, out: Path, *, steps: Settings | None = None, jobs: int = 1) -> None:
    """Clean `source` to `out` through the functions that the command line uses."""
    with LocalEngine(jobs) as engine:
        job = Job(steps or Settings(), discover([source]), open_work(out, {}, resume=False), engine)
        publish_run(job, settle(job), out, limited=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    records = [
        {"id": 1, "url": "https://a.example/1", "text": f"{LONG}\n\nRead also:\n• One more\n• Another one"},
        {"id": 2, "n": 1.10, "text": f"Advertisement\n\n{LONG}"},
        {"text": "It was\n\nnot the end of the road for them."},
    ]
    return write(
        tmp_path / "in",
        {
            "b/one.txt": f"{LONG}\n\nA line of its own.\n",
            "b/two.txt": LONG.replace("Tuesday", "Monday") + "\r\n",
            "a.jsonl": "".join(json.dumps(record) + "\n" for record in records) + "\nno record\n",
            "z.txt": "",
            "legacy.txt": "Grüße aus Köln, schöne Häuser und größere Straßen überall.".encode("cp1252"),
        },
    )


def test_every_byte_is_accounted_for(corpus: Path, tmp_path: Path) -> None:
    run_to(corpus, tmp_path / "out")
    finished = open_run(tmp_path / "out")
    assert list(verify(finished)) == []
    restore(finished, tmp_path / "back")
    assert tree(tmp_path / "back") == tree(corpus)
    assert assert_duplicates_proven(tmp_path / "out") == 3
    assert [line["path"] for line in trail(tmp_path / "out", "quarantine")] == ["a.jsonl"]


@given(files=st.lists(st.one_of(st.binary(max_size=60), texts().map(str.encode)), min_size=1, max_size=3))
@example(files=[b"\xff\xfe", b"\xef\xbb\xbfa\r\n", b"\x00"])
@example(files=[b'{"text": "\\ud800 a"}\n{"text":"b","text":"c"}\r\n\n{"text": null}'])
def test_arbitrary_bytes_come_back(files: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    names = ("x.jsonl", "y.txt", "z.txt")
    write(folder / "in", dict(zip(names, files, strict=False)))
    run_to(folder / "in", folder / "out")
    finished = open_run(folder / "out")
    assert list(verify(finished)) == []
    restore(finished, folder / "back")
    assert tree(folder / "back") == tree(folder / "in")


@given(documents=st.lists(texts(), min_size=1, max_size=4))
@settings(max_examples=40)
def test_again_changes_nothing(documents: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("again")
    write(folder / "in", {f"{k}.txt": text for k, text in enumerate(documents)})
    run_to(folder / "in", folder / "out")
    assert_duplicates_proven(folder / "out")
    if not trail(folder / "out", "documents"):
        return
    run_to(folder / "out", folder / "again")
    assert tree(folder / "again", audit=False) == tree(folder / "out", audit=False)


def many(folder: Path) -> Path:
    """Make a corpus of several shards: records with shared and with changed passages."""
    lines = []
    for k in range(400):
        text = f"{PIECES[k % 7]} Number {k % 90} of the series was printed here.\n\n{LONG} Part {k % 3}."
        lines.append(json.dumps({"id": k, "text": text + "\n\nAdvertisement\n"}))
    return write(folder, {"many.jsonl": "\n".join(lines), "other.txt": LONG})


def test_same_bytes_for_any_number_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = many(tmp_path / "in")
    monkeypatch.setattr("cleaner.run.settle.cut", lambda files: cut(files, shard_bytes=20_000))
    for jobs in (1, 2):
        run_to(source, tmp_path / str(jobs), jobs=jobs)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
    assert len(list((tmp_path / "1" / "_clean").glob("edits-*.jsonl"))) > 5
    assert list(verify(open_run(tmp_path / "1"))) == []
    assert assert_duplicates_proven(tmp_path / "1") > 100


def test_same_texts_for_any_size_of_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = many(tmp_path / "in")
    run_to(source, tmp_path / "whole")
    monkeypatch.setattr("cleaner.run.settle.cut", lambda files: cut(files, shard_bytes=5_000))
    run_to(source, tmp_path / "cut")
    assert tree(tmp_path / "cut", audit=False) == tree(tmp_path / "whole", audit=False)
    for kind in ("edits", "duplicates", "flags"):
        assert trail(tmp_path / "cut", kind) == trail(tmp_path / "whole", kind)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_same_bytes_for_any_hash_seed_and_order_of_files(corpus: Path, tmp_path: Path, seed: str) -> None:
    copy = tmp_path / "copy"
    for path in sorted(corpus.rglob("*"), reverse=seed == "1"):
        if path.is_file():
            write(copy, {path.relative_to(corpus).as_posix(): path.read_bytes()})
    command = [sys.executable, "-m", "cleaner", "run", str(copy), str(tmp_path / "out"), "-q", "--jobs", "1"]
    environment = os.environ | {"PYTHONHASHSEED": seed}
    assert subprocess.run(command, env=environment, cwd=PROJECT, check=False).returncode == 3
    run_to(corpus, tmp_path / "here")
    assert tree(tmp_path / "out") == tree(tmp_path / "here")


def test_a_run_knows_nothing_of_the_one_before_it_in_the_process(corpus: Path, tmp_path: Path) -> None:
    run_to(corpus, tmp_path / "one")
    run_to(write(tmp_path / "other", {"a.txt": LONG}), tmp_path / "two")
    run_to(corpus, tmp_path / "three")
    assert tree(tmp_path / "one") == tree(tmp_path / "three")
    statistics = [open_run(tmp_path / name).run["surveys"]["dedup"]["passages"] for name in ("one", "two")]
    assert statistics[0] > statistics[1] == 1


@pytest.mark.parametrize("stage", ["prepare", "digest", "apply", "publish"])
def test_a_killed_run_goes_on_to_the_same_bytes(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: Callable[..., Result]
) -> None:
    source = many(tmp_path / "in")
    monkeypatch.setattr("cleaner.run.settle.cut", lambda files: cut(files, shard_bytes=20_000))
    assert clean("run", source, tmp_path / "whole", "-q", "--jobs", "1").code == 0

    homes = {"publish": "cleaner.run.publishing.finish", "prepare": "cleaner.run.settle"}
    module = homes.get(stage, "cleaner.run.surveys")
    calls = 0
    real = getattr(sys.modules[module], stage)

    def killed(*args: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{stage}", killed)
        assert clean("run", source, tmp_path / "out", "-q", "--jobs", "1").code == 130
    assert not (tmp_path / "out" / "_clean" / "run.json").exists()
    refused = clean("run", source, tmp_path / "out", "-q")
    assert refused.code == 2
    assert "--resume" in refused.err
    assert clean("run", source, tmp_path / "out", "-q", "--jobs", "1", "--resume").code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_flags_change_nothing(tmp_path: Path) -> None:
    text = "The referendum was held in Kiev .  The mayor of Kyiv spoke.\n"
    source = write(tmp_path / "in", {"a.txt": text})
    run_to(source, tmp_path / "out", steps=Settings(steps=("translation",)))
    assert (tmp_path / "out" / "a.txt").read_text() == text
    flags = trail(tmp_path / "out", "flags")
    assert flags
    assert all(text[flag["source_start"] : flag["source_end"]] == flag["text"] for flag in flags)


def test_flags_follow_the_text(tmp_path: Path) -> None:
    text = f"Advertisement\n\n{LONG} The referendum was held .\n\n{LONG} The referendum was held .\n"
    run_to(write(tmp_path / "in", {"a.txt": text}), tmp_path / "out")
    after = output_texts(tmp_path / "out")["a.txt"]
    flags = [flag for flag in trail(tmp_path / "out", "flags") if "space-before" in flag["rule"]]
    assert len(flags) == 2
    assert flags[0]["start"] is not None
    assert flags[1]["start"] is None
    for flag in flags:
        assert text[flag["source_start"] : flag["source_end"]] == flag["text"]
    assert after[flags[0]["start"] : flags[0]["end"]] == flags[0]["text"]


def test_edits_are_sorted_and_exact(corpus: Path, tmp_path: Path) -> None:
    run_to(corpus, tmp_path / "out")
    lines = trail(tmp_path / "out", "edits")
    docs = [line["doc"] for line in trail(tmp_path / "out", "documents")]
    assert lines == sorted(
        lines, key=lambda line: (docs.index(line["doc"]), line["source_start"], line["revision"])
    )
    assert all(line["rule"].count("/") >= 1 for line in lines)


def test_against_an_earlier_corpus(corpus: Path, tmp_path: Path, clean: Callable[..., Result]) -> None:
    earlier = tmp_path / "earlier"
    assert clean("run", write(tmp_path / "old", {"o.txt": f"{LONG}\n"}), earlier, "-q").code == 0
    before = tree(earlier)
    assert clean("run", corpus, tmp_path / "out", "-q", "--against", earlier).code == 3
    duplicates = trail(tmp_path / "out", "duplicates")
    assert {line["kept_corpus"] for line in duplicates} == {str(earlier)}
    assert {line["kept_doc"] for line in duplicates} == {"o.txt"}
    text = (earlier / "o.txt").read_text()
    for line in duplicates:
        assert jaccard(shingles(line["text"]), shingles(line["kept_text"])) == line["similarity"] >= 0.7
        assert text[line["kept_source_start"] : line["kept_source_end"]] == line["kept_text"]
    assert LONG not in output_texts(tmp_path / "out")["b/one.txt"]
    assert clean("verify", tmp_path / "out").code == 0
    assert tree(earlier) == before
    refused = clean("dedup", corpus, tmp_path / "other", "--against", earlier, "--shingle", "4")
    assert (refused.code, "made with shingle 5, this run has 4" in refused.err) == (2, True)
    refused = clean("run", corpus, tmp_path / "other", "--against", corpus, "--overwrite")
    assert (refused.code, "is not the output of a finished run" in refused.err) == (2, True)


def test_dedup_alone(tmp_path: Path, clean: Callable[..., Result]) -> None:
    text = f"{LONG}\n\nAdvertisement\n\n{LONG.replace('evening', 'morning')}\n"
    source = write(tmp_path / "in", {"a.txt": text})
    assert clean("dedup", source, tmp_path / "out", "-q").code == 0
    assert (tmp_path / "out" / "a.txt").read_text() == f"{LONG}\n\nAdvertisement\n"
    assert clean("dedup", source, tmp_path / "strict", "-q", "--threshold", "0.99").code == 0
    assert (tmp_path / "strict" / "a.txt").read_text() == text
    assert clean("dedup", source, tmp_path / "flags", "-q", "--action", "flag").code == 0
    assert (tmp_path / "flags" / "a.txt").read_text() == text
    assert [flag["rule"] for flag in trail(tmp_path / "flags", "flags")] == ["dedup/near"]
    refused = clean("dedup", source, tmp_path / "no", "--threshold", "9")
    assert (refused.code, "threshold must be between" in refused.err) == (2, True)
