"""`clean check`: one finding a line, in four forms; what a duplicate repeats; counts; the exit status."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from cleaner.cli.findings import Finding, Kept
from cleaner.cli.findings.written import WRITERS, Surroundings
from tests.conftest import PROJECT, Result
from tests.support.corpora import write

Clean = Callable[..., Result]
SCHEMA = json.loads((PROJECT / "tests/cli/sarif/sarif-schema-2.1.0.json").read_text("utf-8"))
LONG = (
    "The council of the island met on a wet evening in March and agreed, after two hours of talk, to keep the "
    "winter ferry running for another five years, provided that the harbour wall is mended before the autumn."
)
LATER = LONG.replace("a wet", "a cold")
OTHER = "Nobody had counted the gulls before the wall was built, and nobody counts them in the village today."


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a duplicate, an advertisement, a flag, a record and undecodable bytes are found."""
    rows = [{"text": f"{OTHER}\n"}, {"text": f"{OTHER}\n\nAnother line that stays.\n"}]
    write(
        tmp_path / "in put",
        {
            "a.txt": f"A heading over it\n\n{LONG}\n",
            "b.txt": f"{LONG}\n\nAdvertisement\n\nIt rained on it.He left.\n",
            "r.jsonl": "".join(f"{json.dumps(row)}\n" for row in rows),
            "x.txt": b"\xff\xfe\x00\xd8\x00",
        },
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path / "in put"


def test_a_clean_corpus_has_no_findings(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{OTHER}\n"})
    assert clean("check", source) == Result(0, "", "")
    assert clean("check", source, "--statistics") == Result(0, "", "")
    assert json.loads(clean("check", source, "--output", "json").out) == []
    log = json.loads(clean("check", source, "--output", "sarif").out)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    assert log["runs"][0]["results"] == []


def test_every_output_tells_the_same_findings(corpus: Path, clean: Clean) -> None:
    outputs = {name: clean("check", corpus, "--output", name) for name in WRITERS}
    assert {result.code for result in outputs.values()} == {1}
    lines = outputs["text"].out.splitlines()
    assert all(re.match(r"\S+?(:\d+:\d+)? [a-z][\w/-]+ \S", line) for line in lines), lines
    found = json.loads(outputs["json"].out)
    assert [line.split(" ")[1] for line in lines] == [entry["rule"] for entry in found]
    assert all(entry["message"] in line for entry, line in zip(found, lines, strict=True))
    annotations = outputs["github"].out.splitlines()
    assert len(annotations) == len(lines)
    log = json.loads(outputs["sarif"].out)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert [result["ruleId"] for result in run["results"]] == [entry["rule"] for entry in found]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    # a place in a file where lines of the document are lines of the file, which they are not in a record
    by_doc = {
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: result
        for result in run["results"]
    }
    place = by_doc["b.txt"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "in%20put/b.txt"}
    assert "startLine" in place["region"]
    assert by_doc["r.jsonl:2"]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "in%20put/r.jsonl"}
    }
    assert any(line.startswith("::warning file=in put/b.txt,line=1,col=1,") for line in annotations)
    assert any(
        line.startswith("::warning file=in put/r.jsonl,title=dedup/") and "::r.jsonl:2:1:1: " in line
        for line in annotations
    )


def test_a_duplicate_names_what_it_repeats(corpus: Path, clean: Clean) -> None:
    (corpus / "b.txt").write_text(f"A heading under it\n\n{LATER}\n", "utf-8")
    told = clean("check", corpus, "--steps", "dedup").out
    assert re.search(
        r"^b\.txt:3:1 dedup/near remove “.*”, which repeats a\.txt:3 \(near, similarity 0\.\d{3}", told, re.M
    )
    assert "r.jsonl:2:1:1 dedup/exact remove" in told
    found = json.loads(clean("check", corpus, "--steps", "dedup", "--output", "json").out)
    repeats = [entry["repeats"] for entry in found if entry["doc"] == "r.jsonl:2"]
    assert repeats == [
        {"doc": "r.jsonl:1", "corpus": None, "line": 1, "similarity": 1.0, "kind": "exact", "differs": []}
    ]


def test_statistics_count_rules_and_documents(corpus: Path, clean: Clean) -> None:
    found = json.loads(clean("check", corpus, "--output", "json").out)
    counts = Counter(entry["rule"] for entry in found)
    told = json.loads(clean("check", corpus, "--output", "json", "--statistics").out)
    assert {entry["rule"]: entry["count"] for entry in told} == counts
    assert {entry["rule"]: entry["documents"] for entry in told} == Counter(
        rule for rule, _ in {(entry["rule"], entry["doc"]) for entry in found}
    )
    result = clean("check", corpus, "--statistics")
    assert result.code == 1
    assert re.search(r"^1  boilerplate/en/advertisement +in 1 document  \w", result.out, re.M), result.out
    refused = clean("check", corpus, "--statistics", "--output", "sarif")
    assert (refused.code, "not as sarif" in refused.err) == (2, True)


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warn", 0), ("info", 1), ("change", 0)])
def test_fail_on_decides_the_exit_status(fail_on: str, code: int, tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{OTHER}\n\nIt rained on it.He left.\n"})
    result = clean("check", source, "--fail-on", fail_on)
    assert "translation/" in result.out
    assert result.code == code


HOSTILE = Finding(
    "a\x1b[31m,:%\n.txt", 1, 1, 1, 2, "t/x", "warn", "100 % \\x1b", kept=Kept("k", None, 1, "exact", ())
)


@pytest.mark.parametrize("name", WRITERS)
def test_no_output_passes_on_control_characters(name: str) -> None:
    lines = list(WRITERS[name]([HOSTILE], Surroundings()))
    plain = [re.sub(r"\x1b\[\d*m", "", line) for line in lines] if name == "text" else lines
    assert all(line.isprintable() for line in plain)


def test_annotations_escape_what_separates_their_parts() -> None:
    (line,) = WRITERS["github"]([HOSTILE], Surroundings())
    assert line == (
        "::warning file=a\\x1b[31m%2C%3A%25\\n.txt,title=t/x::a\\x1b[31m,:%25\\n.txt:1:1: 100 %25 \\x1b"
    )


def test_nothing_is_written_for_spreadsheets() -> None:
    """A cell such as `=HYPERLINK(…)` is run by a spreadsheet: only the corpus, which keeps its bytes, is ever CSV."""
    writing = re.compile(r"csv\.(?:writer|DictWriter)|to_(?:csv|excel)|xlsx|text/csv|\.tsv")
    found = [
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "cleaner").rglob("*")
        if path.suffix in (".py", ".js", ".html") and writing.search(path.read_text("utf-8"))
    ]
    assert found == []
    assert WRITERS.keys() <= {"text", "json", "github", "sarif"}
