"""Faulty rule files: the exact messages, nothing but messages, and at once."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cleaner.rules.faults import RuleError
from cleaner.rules.files.folders import MAX_BYTES
from cleaner.rules.files.source import parse
from tests.conftest import PROJECT
from tests.support.rules import judge, validate

CASES = YAML(typ="safe", pure=True).load((PROJECT / "tests" / "cases/rules/broken.yaml").read_text("utf-8"))
PACKS = sorted((PROJECT / "rules").rglob("*.yaml"))
MUTANTS = "'\"\\[]{}:,&*!|>#-%@`?~< \n\t\x00é\ufeff\u2028()^$.+0a"


def test_there_are_enough_cases():
    assert len({case["name"] for case in CASES}) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_broken_file(case):
    pack, faults = judge("news.yaml", "project", case["content"].encode())
    assert pack is None
    assert f"{RuleError(faults)}\n" == case["faults"]


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_a_changed_character_gives_faults_or_a_pack(path):
    rng = random.Random(path.name)
    head, *rules = re.split(r"(?m)^(?=  - id:)", path.read_text("utf-8"))
    for _ in range(6):
        text = head + rng.choice(rules)[:2000]
        at = rng.randrange(len(text))
        mutant = (
            text[:at] + rng.choice(["", rng.choice(MUTANTS), rng.choice(MUTANTS) + text[at]]) + text[at + 1 :]
        )
        pack, faults = judge("mutant.yaml", "project", mutant.encode())
        assert (pack is None) == bool(faults)
        assert all(re.match(r"mutant\.yaml:\d+:\d+: [a-z0-9-]+: .", str(fault)) for fault in faults)


HOSTILE = {
    "merge bomb": "a: &a {x: 1}\n" + "".join(f"b{i}: &b{i} {{<<: [*a, *a]}}\n" for i in range(300)),
    "alias bomb": "a: &a [x]\nb: [" + "*a, " * 20_000 + "*a]\n",
    "deep lists": "a: " + "[" * 100_000,
    "deep mappings": "a: " + "{a: " * 50_000,
    "deep indentation": "".join(" " * i + "a:\n" for i in range(500)),
    "size": "# " + "x" * MAX_BYTES,
    "not UTF-8": "a: \udcff",
    "NUL": "a: \x00",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timed
def test_hostile_yaml_is_refused_at_once(name):
    content = HOSTILE[name].encode("utf-8", "surrogateescape")
    parse("warm.yaml", b"a: 1")
    started = time.process_time()
    source = parse("hostile.yaml", content)
    assert time.process_time() - started < 0.1
    assert source.faults


def test_all_faults_of_all_files_come_at_once(tmp_path):
    (tmp_path / "a.yaml").write_text("schema: 1\npack: a\nrules: []\n")
    (tmp_path / "b.yaml").write_text("schema: 3\npack: b\nrules: []\n")
    (tmp_path / "c.yml").write_text("schema: 1\n")
    (tmp_path / "notes.txt").write_text("not ours")
    faults = [(Path(fault.file).name, fault.code) for fault in validate([str(tmp_path)])]
    assert faults == [
        ("a.yaml", "bad-value"),
        ("b.yaml", "bad-value"),
        ("b.yaml", "bad-value"),
        ("c.yml", "stray-file"),
    ]


def test_a_long_line_is_shown_around_the_caret():
    content = "schema: 1\npack: news\nrules: [{" + "description: x, " + "'" + "y" * 400 + "': 1, zzz: 1}]\n"
    _, faults = judge("news.yaml", "project", content.encode())
    shown = str(next(fault for fault in faults if "zzz" in fault.message)).split("\n")
    assert all(len(line) < 170 for line in shown)
    assert shown[1][shown[2].index("^") :].startswith("zzz")
