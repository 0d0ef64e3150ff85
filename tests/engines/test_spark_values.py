"""What travels between the driver of Spark and its tasks, and the Java that Spark runs on: no Spark needed."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cleaner.engines.spark import SparkEngine, _KilledError, java
from cleaner.engines.spark.tasks import Called, Sending, in_order
from cleaner.engines.spark.values import answer, dumps, failure, loads, name_of
from cleaner.errors import InterruptedRunError, LimitError, UsageError
from cleaner.formats.format import InputFile, Segment
from cleaner.pipeline import carried, rule_book
from cleaner.rules.faults import Fault, RuleError
from cleaner.run.publishing.counts import Counts
from cleaner.run.publishing.publish import Published, Written
from cleaner.run.units import Unit
from cleaner.settings import RuleSources, Settings
from cleaner.steps.survey import Applied
from tests.conftest import Result
from tests.support.corpora import write


@pytest.mark.parametrize(
    "value",
    [
        None,
        ("\ud800 lone", 1.5, -(1 << 62), True, [Path("a/b"), ()]),
        {"a": {1: frozenset({2})}, (1, 2): set()},
        Counter({"rule": 3}),
        b"\x00\xff",
        Settings(
            steps=("dedup",), rules=RuleSources(select=("a/*",), options=(("dedup/near", "shingle", 4.0),))
        ),
        Unit(3, 1, (Segment(InputFile("k", Path("p"), 9, "txt", "k.txt"), 0, 9, 4),)),
        Applied(frozenset({1, 5})),
        Counts(3, edits=Counter(a=1)),
        Written(("0", 1), None),
    ],
)
def test_values_come_back_as_they_were(value: object) -> None:
    back = loads(dumps(value))
    assert (back, type(back)) == (value, type(value))


def test_only_what_is_in_the_package_is_named() -> None:
    with pytest.raises(TypeError, match="is no part of cleaner"):
        name_of(json.dumps)
    with pytest.raises(TypeError, match="is no part of cleaner"):
        loads('{"@":"os:system","of":["true"]}')
    with pytest.raises(TypeError, match="a function cannot be sent to a task"):
        dumps(test_only_what_is_in_the_package_is_named)
    assert name_of(Published) == "cleaner.run.publishing.publish:Published"


def test_errors_of_ours_are_answers() -> None:
    with pytest.raises(LimitError, match="too much"):
        answer(failure(LimitError("too much")))
    fault = Fault("a.yaml", 1, 2, "kind", "wrong")
    with pytest.raises(UsageError, match=r"a\.yaml"):
        answer(failure(RuleError([fault])))
    called = Called("cleaner.steps:named", str(Path.cwd()))
    with pytest.raises(UsageError, match="there is no step 'dedupe'"):
        answer(called(dumps(("dedupe",))))


RULES = """schema: 1
pack: a
rules:
  - id: b
    description: c
    scope: line
    match: {prefix: [%s]}
    action: drop
    examples: {match: [%s here], no_match: [nothing]}
"""
CONFIG = """limits: {article: 0.9}
ignore: [boilerplate/en/cookies]
exceptions:
  - {rule: a/b, document: "kept/*"}
"""


def test_rules_travel_by_value_to_a_machine_that_sees_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take the files of every layer away: a task has the same rules, places in messages and exceptions."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)
    files = {
        "clean.yaml": CONFIG,
        "rules/a.yaml": RULES % ("Osk", "Osk"),
        "user/cleaner/rules/a.yaml": RULES % ("Never", "Never"),
        "more/a.yaml": RULES % ("Harbour", "Harbour"),
        "more/z.yaml": RULES.replace("pack: a", "pack: z") % ("Ferry", "Ferry"),
    }
    write(tmp_path, dict(files))
    sources = RuleSources(config="clean.yaml", folders=("more",), packs=(RULES % ("Value", "Value"),))
    before = rule_book(sources)
    settings = carried(Settings(rules=sources))
    for name in files:
        (tmp_path / name).unlink()
    called = Called("cleaner.pipeline:rule_book", str(tmp_path))
    rule_book.cache_clear()
    after = answer(called(dumps((settings.rules,))))
    assert after == before
    rule = after.get("a/b")
    assert rule.match.values == ("Value",)
    assert [origin.layer for origin in rule.overrides][-2:] == ["project", "command line"]
    assert after.get("z/b").origin.file == "more/z.yaml"
    assert [exemption.place for exemption in after.exemptions] == ["clean.yaml:4"]


def test_a_task_takes_no_other_rules_than_those_of_the_driver() -> None:
    settings = carried(Settings())
    called = Called("cleaner.pipeline:rule_book", str(Path.cwd()))
    assert answer(called(dumps((settings.rules,)))).digest == settings.rules.digest
    other = replace(settings.rules, ignore=("translation/*",))
    with pytest.raises(UsageError, match="are not those that the run began with"):
        answer(called(dumps((other,))))


def test_a_folder_that_a_machine_does_not_see_is_named() -> None:
    with pytest.raises(UsageError, match="/nowhere cannot be entered where a task runs"):
        answer(Called("cleaner.steps:named", "/nowhere")(dumps(("dedup",))))


def test_hops_pass_on_what_they_are_sent_in_the_order_of_the_senders(tmp_path: Path) -> None:
    folder = str(Path.cwd())
    sending = Sending("cleaner.dedup.rounds.shorts:send_nothing", folder)
    assert list(sending((4, dumps((tmp_path, 4))))) == []
    received = [(0, (2, b"c")), (0, (0, b"a")), (0, (1, b"b"))]
    assert in_order(received) == [(0, b"a"), (1, b"b"), (2, b"c")]


SCRIPT = """#!/bin/sh
echo "    java.specification.version = {version}" >&2
for argument do echo "$argument"; done
"""


def fake_java(home: Path, version: str) -> Path:
    path = home / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(SCRIPT.format(version=version))
    path.chmod(0o755)
    return home


def test_a_java_that_is_there_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake_java(tmp_path / "new", "21")
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert java.java_home(tmp_path / "work") == (home, "Java 21 of JAVA_HOME")


def test_without_java_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "old", "1.8")))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"JAVA_HOME is Java 8.*pip install 'cleaner\[spark\]'"):
        java.java_home(tmp_path / "work")


def test_the_java_of_a_wheel_is_not_asked_for_the_module_that_it_lacks(tmp_path: Path) -> None:
    real = fake_java(tmp_path / "wheel", "25") / "bin" / "java"
    home = java._wrapped(real, tmp_path / "work")
    command = [str(home / "bin" / "java"), "-cp", "a b", java.LACKING, "-Dx=$y", "Main"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["-cp", "a b", "-Dx=$y", "Main"]


def test_without_the_extra_it_is_said_in_one_line_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: Callable[..., Result]
) -> None:
    monkeypatch.setattr("cleaner.engines.spark.find_spec", lambda name: None)
    source = write(tmp_path / "in", {"a.txt": "A line.\n"})
    refused = clean("run", source, tmp_path / "out", "--engine", "spark")
    assert (refused.code, refused.err) == (
        2,
        "clean: the engine spark needs pyspark: pip install 'cleaner[spark]'\n",
    )
    assert not (tmp_path / "out").exists()
    refused = clean("run", source, tmp_path / "out", "--master", "spark://a.example:7077")
    assert (refused.code, "--master is for --engine spark, not for local" in refused.err) == (2, True)
    assert not (tmp_path / "out").exists()


class _Failing(SparkEngine):
    """Makes calls here; a task whose call is not refused ends its worker, as Spark tells it."""

    def map(self, function: Any, calls: Any, *, done: Any = lambda index: None) -> Any:
        for number, (value, *refused) in enumerate(calls):
            if value < 0 and not refused:
                message = "Task failed"
                raise _KilledError(message, number)
        for number in range(len(calls)):
            done(number)
        return [function(*call) for call in calls]


def _valued(value: int, refused: int = 0) -> int:
    return value + refused


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_call_that_ends_its_worker_is_made_as_its_guard_says(deaths: int) -> None:
    told: list[int] = []

    def killed(index: int) -> tuple[int, ...]:
        told.append(index)
        return (-5, 100) if told.count(index) >= deaths else (-5,)

    finished: list[int] = []
    found = _Failing(1).guarded_map(
        _valued,
        [(1,), (-5,), (2,)],
        killed=killed,
        done=lambda index, result: finished.append(index),
    )
    assert found == [1, 95, 2]
    assert told == [1] * deaths
    assert finished == [1, 0, 2]


def test_a_call_that_cannot_be_helped_ends_the_run() -> None:
    with pytest.raises(InterruptedRunError, match="again and again"):
        _Failing(1).guarded_map(_valued, [(1,), (-5,)], killed=lambda index: None)
