"""The sample corpus: what it holds, and what the tool has to make of it, by `tests/cases/seeds.yaml`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import PROJECT

ROOT = PROJECT
SEEDS = ROOT / "seeds"
TABLE: dict[str, Any] = YAML(typ="safe").load(PROJECT / "tests" / "cases" / "seeds.yaml")
DOCUMENTS: dict[str, dict[str, Any]] = TABLE["documents"]
LEGACY = {"es/01-faro.txt": "cp1252"}


def texts(folder: Path, encodings: dict[str, str] | None = None) -> dict[str, str]:
    """Read a corpus: the text of every document by its key, line ends as newlines."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or "_clean" in path.parts:
            continue
        key = path.relative_to(folder).as_posix()
        text = path.read_bytes().decode((encodings or {}).get(key, "utf-8")).replace("\r\n", "\n")
        if path.suffix == ".jsonl":
            for number, line in enumerate(text.splitlines(), 1):
                found[f"{key}:{number}"] = json.loads(line)["text"]
        else:
            found[key] = text
    return found


def trail(out: Path, kind: str) -> list[dict[str, Any]]:
    parts = sorted((out / "_clean").glob(f"{kind}-*.jsonl"))
    assert parts, f"the run left no {kind}"
    return [json.loads(line) for part in parts for line in part.read_text("utf-8").splitlines()]


def clean(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )


def similarity(one: str, other: str) -> float:
    """Compute the Jaccard of five-word shingles, as the contract defines it for texts in spaced scripts."""
    sets = []
    for text in (one, other):
        words = re.findall(r"\w+", text.lower())
        sets.append({tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))})
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


SOURCES = texts(SEEDS, LEGACY)


# What the corpus holds


def test_the_table_and_the_folder_name_the_same_documents() -> None:
    assert set(DOCUMENTS) == set(SOURCES)
    assert len(DOCUMENTS) >= 14
    assert {entry["language"] for entry in DOCUMENTS.values()} >= {"en", "uk", "de", "it", "fr", "es"}


def test_every_family_of_damage_stands_in_two_documents() -> None:
    count = Counter(family for entry in DOCUMENTS.values() for family in entry["families"])
    assert set(count) == set(TABLE["families"])
    assert all(number >= 2 for number in count.values()), count


@pytest.mark.parametrize("key", DOCUMENTS)
def test_the_table_tells_the_truth_about_the_source(key: str) -> None:
    entry, text = DOCUMENTS[key], SOURCES[key]
    assert 120 <= len(text.split()) <= 500
    apart = entry.get("apart", [])
    assert {len(pair) for pair in apart} <= {2}
    for wanted in sum(apart, entry.get("gone", []) + entry.get("once", [])):
        # mojibake hides a text that the repaired document will show
        assert wanted in text or "mojibake" in entry["families"], wanted
    for repaired in entry.get("repaired", []) + entry.get("joined", []):
        assert repaired not in text


# What comes out


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds") / "out"
    run = clean("run", SEEDS, folder, "-q")
    assert (run.returncode, run.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def cleaned(out: Path) -> dict[str, str]:
    return texts(out)


@pytest.mark.parametrize("key", [key for key, entry in DOCUMENTS.items() if entry.get("unchanged")])
def test_clean_documents_come_out_as_they_are(key: str, out: Path, cleaned: dict[str, str]) -> None:
    if ":" not in key:
        assert (out / key).read_bytes() == (SEEDS / key).read_bytes()
    assert cleaned[key] == SOURCES[key]
    assert not [flag for flag in trail(out, "flags") if flag["doc"] == key and flag["severity"] == "error"]


@pytest.mark.parametrize("key", DOCUMENTS)
def test_language(key: str, out: Path) -> None:
    assert {doc["doc"]: doc["language"] for doc in trail(out, "documents")}[key] == DOCUMENTS[key]["language"]


def without_pack(key: str) -> bool:
    """Tell whether a document has boilerplate of a language that no pack is written for yet."""
    entry = DOCUMENTS[key]
    pack = ROOT / "rules" / "boilerplate" / f"{entry['language']}.yaml"
    return "related-links" in entry["families"] and not pack.exists()


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, marks=pytest.mark.xfail(without_pack(key), reason="no pack for its language"))
        for key in DOCUMENTS
    ],
)
def test_gone(key: str, cleaned: dict[str, str]) -> None:
    assert [text for text in DOCUMENTS[key].get("gone", []) if text in cleaned[key]] == []


@pytest.mark.parametrize("key", DOCUMENTS)
def test_kept_joined_and_repaired(key: str, cleaned: dict[str, str]) -> None:
    entry = DOCUMENTS[key]
    wanted = entry.get("kept", []) + entry.get("joined", []) + entry.get("repaired", [])
    assert [text for text in wanted if text not in cleaned[key]] == []


@pytest.mark.parametrize("key", DOCUMENTS)
def test_once(key: str, cleaned: dict[str, str]) -> None:
    assert {text: cleaned[key].count(text) for text in DOCUMENTS[key].get("once", [])} == dict.fromkeys(
        DOCUMENTS[key].get("once", []), 1
    )


@pytest.mark.parametrize("key", DOCUMENTS)
def test_apart(key: str, cleaned: dict[str, str]) -> None:
    lines = cleaned[key].split("\n")
    for pair in DOCUMENTS[key].get("apart", []):
        assert [any(text in line for line in lines) for text in pair] == [True, True], pair
        assert not any(pair[0] in line and pair[1] in line for line in lines), pair


@pytest.mark.parametrize("key", DOCUMENTS)
def test_flagged(key: str, out: Path) -> None:
    flags = [flag for flag in trail(out, "flags") if flag["doc"] == key]
    marked = [flag["text"] for flag in flags]
    missing = [
        text
        for text in DOCUMENTS[key].get("flagged", [])
        if not any(mark and (text in mark or (mark.strip() and mark.strip() in text)) for mark in marked)
    ]
    assert missing == []
    errors = [flag["text"] for flag in flags if flag["severity"] == "error"]
    assert len(errors) <= DOCUMENTS[key].get("errors", 0), errors


def test_copies_name_what_was_kept(out: Path, cleaned: dict[str, str]) -> None:
    removed = trail(out, "duplicates")
    for entry in removed:
        assert entry["kept_text"] in cleaned[entry["kept_doc"]]
        assert entry["similarity"] == pytest.approx(similarity(entry["text"], entry["kept_text"]))
        assert entry["similarity"] >= 0.7
    pairs = {(entry["kept_doc"], entry["doc"]) for entry in removed}
    for key, entry in DOCUMENTS.items():
        assert pairs >= {(key, other) for other in entry.get("copied_to", [])}


def test_nothing_is_lost_and_a_second_run_finds_nothing(out: Path, tmp_path: Path) -> None:
    assert clean("verify", out).returncode == 0
    assert clean("restore", out, tmp_path / "back").returncode == 0
    for path in SEEDS.rglob("*.*"):
        assert (tmp_path / "back" / path.relative_to(SEEDS)).read_bytes() == path.read_bytes()
    assert clean("run", out, tmp_path / "again", "-q").returncode == 0
    assert texts(tmp_path / "again") == texts(out)
    assert trail(tmp_path / "again", "edits") == []
    assert trail(tmp_path / "again", "duplicates") == []
