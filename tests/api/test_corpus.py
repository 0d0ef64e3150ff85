"""A corpus from a program is a corpus from the command line, byte for byte."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, LimitError, UsageError, clean_corpus
from tests.support.corpora import tree, write

Clean = Callable[..., Any]
FERRY = "The ferry to the island has been cancelled again because of the storm and the high waves."
PAGES = {
    "a.txt": f"{FERRY}\n\nAdvertisement\n\nItâ€™s late.\n",
    "b.jsonl": json.dumps({"id": 7, "text": f"News.\n\n{FERRY}"}) + '\n{"id": 8}\n',
    "c.png": "PNG",
}


def outputs(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if not name.endswith("timings.json")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "in", PAGES)


def test_it_is_the_command_line(source: Path, tmp_path: Path, clean: Clean) -> None:
    assert clean("run", "-q", "--isolated", source, tmp_path / "one").code == 3
    done = clean_corpus(source, tmp_path / "two")
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    run = json.loads((tmp_path / "two" / "_clean" / "run.json").read_text())
    counts = run["counts"]
    assert {name: getattr(done, name) for name in counts} == counts
    assert (done.out, done.quarantined, done.duplicates) == (str(tmp_path / "two"), 1, {"exact": 1})
    assert done.skipped == (("c.png", "no format has its extension"),)
    assert {"prepare", "publish"} <= done.seconds.keys()


def test_a_configuration_is_that_of_a_cleaner(source: Path, tmp_path: Path) -> None:
    config = {"ignore": ["boilerplate/*"], "exceptions": [{"rule": "dedup/exact", "text": "nowhere"}]}
    done = clean_corpus([source], tmp_path / "one", config=config)
    assert "Advertisement" in (tmp_path / "one" / "a.txt").read_text()
    assert len(done.unused) == 1 and "dedup/exact" in done.unused[0]
    again = clean_corpus(source, tmp_path / "two", settings=Cleaner.from_config(config).settings)
    assert again.edits == done.edits
    with pytest.raises(UsageError, match="give one of them"):
        clean_corpus(source, tmp_path / "three", config=config, settings=Cleaner().settings)


def test_a_stream_is_a_source(tmp_path: Path) -> None:
    done = clean_corpus(
        io.BytesIO(json.dumps({"text": f"{FERRY}\n\nAdvertisement"}).encode()), tmp_path / "out"
    )
    [line] = (tmp_path / "out" / "stdin.jsonl").read_text().splitlines()
    assert (done.documents_in, json.loads(line)) == (1, {"text": FERRY})


def test_a_dry_run_writes_nothing(source: Path, tmp_path: Path) -> None:
    done = clean_corpus(source, tmp_path / "out", dry_run=True)
    assert (done.out, done.documents_in, done.duplicates) == (None, 2, {"exact": 1})
    assert not (tmp_path / "out").exists()


def test_an_output_is_not_replaced_by_accident(source: Path, tmp_path: Path) -> None:
    first = clean_corpus(source, tmp_path / "out")
    before = outputs(tmp_path / "out")
    with pytest.raises(UsageError, match="overwrite"):
        clean_corpus(source, tmp_path / "out")
    resumed = clean_corpus(source, tmp_path / "out", resume=True)
    assert resumed.finished_before and not first.finished_before
    assert (resumed.documents_in, resumed.edits) == (first.documents_in, first.edits)
    clean_corpus(source, tmp_path / "out", overwrite=True)
    assert outputs(tmp_path / "out") == before


def test_a_limit_withholds_a_corpus(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in",
        {f"{k}.txt": f"It rained in {k}.\n\nRead also: Five bridges over {k}\n" for k in range(20)},
    )
    with pytest.raises(LimitError, match="the corpus was not published"):
        clean_corpus(source, tmp_path / "out", config={"limits": {"article": 0.1}})
    with pytest.raises(UsageError, match="holds an interrupted run"):
        clean_corpus(source, tmp_path / "out", config={"limits": {"article": 0.1}})
    done = clean_corpus(
        source, tmp_path / "out", config={"limits": {"article": 0.1}}, limits=False, resume=True
    )
    assert done.documents_out == 20


def test_an_evaluation_set(source: Path, tmp_path: Path) -> None:
    (tmp_path / "eval.jsonl").write_text(json.dumps({"question": FERRY}) + "\n")
    done = clean_corpus(
        source,
        tmp_path / "out",
        against=[tmp_path / "eval.jsonl"],
        mode="contained",
        against_fields=["question"],
    )
    assert done.duplicates == {"contained": 2}


def test_progress_and_what_is_wrong_are_told(source: Path, tmp_path: Path) -> None:
    stages = []
    clean_corpus(source, tmp_path / "out", progress=lambda now: stages.append(now.stage))
    assert stages[0] == "prepare" and stages[-1] == "publish"
    for options, message in (
        ({"engine": "lokal"}, "there is no engine 'lokal': local, spark"),
        ({"master": "local"}, "--master is for --engine spark"),
        ({"config": {"steps": ["dedupe"]}}, "dedupe"),
    ):
        with pytest.raises(UsageError, match=message):
            clean_corpus(source, tmp_path / "other", **options)
    with pytest.raises(UsageError, match="no such file"):
        clean_corpus(tmp_path / "nowhere", tmp_path / "other")
    assert not (tmp_path / "other" / "_clean" / "run.json").exists()
