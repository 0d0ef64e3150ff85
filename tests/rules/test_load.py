"""Layers, the configuration, exceptions and the cache."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace

import jsonschema
import pytest
from ruamel.yaml import YAML

from cleaner.model import Edit
from cleaner.pipeline import step_names
from cleaner.rules.exemptions import Exemption, exempt, unused
from cleaner.rules.faults import RuleError
from cleaner.rules.files import cache
from cleaner.rules.files.folders import built_in_folder
from cleaner.rules.files.load import BuiltIn
from cleaner.rules.files.schema import json_schema
from tests.support.rules import load_rules

PACK = """schema: 1
pack: {pack}
rules:
  - id: {name}
    description: {description}
    scope: line
    match: {{prefix: ['Read also:', 'See also:']}}
    action: {action}
    safety: {safety}
    formerly: [{pack}/old-{name}]
    examples: {{match: ['Read also: a'], no_match: ['He read also: b']}}
"""


def pack(name="teaser", *, pack="news", description="Teaser", action="drop", safety="safe"):
    return PACK.format(name=name, pack=pack, description=description, action=action, safety=safety)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with the layers user, project and more, and nothing of this machine's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("cleaner.rules.files.folders.built_in_folder", lambda: tmp_path / "built-in")
    monkeypatch.chdir(tmp_path)
    for folder in ("built-in", "xdg/cleaner/rules", "rules", "more"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "built-in/news.yaml").write_text(pack(), "utf-8")
    return tmp_path


def load(**options):
    return load_rules(replace(BuiltIn(), **options))


def faults(**options):
    with pytest.raises(RuleError) as caught:
        load(**options)
    return str(caught.value)


def test_later_layers_win_and_say_whom_they_replace(home):
    (home / "xdg/cleaner/rules/mine.yaml").write_text(pack(description="User"), "utf-8")
    (home / "rules/ours.yaml").write_text(pack(description="Project"), "utf-8")
    (home / "more/extra.yaml").write_text(pack(description="Given"), "utf-8")
    (home / "clean.yaml").write_text("", "utf-8")
    book = load(config="clean.yaml", folders=("more",))
    rule = book.get("news/teaser")
    assert rule.description == "Given"
    assert [origin.layer for origin in (*rule.overrides, rule.origin)] == [
        "built-in",
        "user",
        "project",
        "command line",
    ]
    assert load(config="clean.yaml").get("news/teaser").description == "Project"
    assert load().get("news/teaser").description == "User"
    assert load(config="clean.yaml", isolated=True).get("news/teaser").description == "Teaser"


def test_two_files_of_one_layer_may_not_share_an_id(home):
    (home / "built-in/again.yaml").write_text(pack(), "utf-8")
    assert "duplicate-id: the id 'news/teaser' is taken by the rule at built-in/again.yaml:4" in faults()


def test_a_missing_folder_is_a_fault(home):
    assert faults(folders=("nowhere",)) == "nowhere:1:1: no-such-folder: no such folder of rules"


CHANGES = [  # what clean.yaml says, and what the rule then is
    ("severity: error", lambda rule: rule.severity == "error"),
    ("safety: unsafe", lambda rule: rule.safety == "unsafe"),
    (
        "match.prefix: {add: ['Also:']}",
        lambda rule: rule.match.values == ("Read also:", "See also:", "Also:"),
    ),
    ("match.prefix: {remove: ['See also:']}", lambda rule: rule.match.values == ("Read also:",)),
    ("match.prefix: ['Only:']", lambda rule: rule.match.values == ("Only:",)),
    ("guard: {max_words: 3}", lambda rule: rule.guard.max_words == 3),
    ("guard.max_words: 3", lambda rule: rule.guard.max_words == 3),
    ("languages: {add: [en]}", lambda rule: rule.languages == ("en",)),
]


@pytest.mark.parametrize(("change", "holds"), CHANGES, ids=[change for change, _ in CHANGES])
def test_changes(home, change, holds):
    (home / "clean.yaml").write_text(f"rules:\n  news/teaser:\n    {change}\n", "utf-8")
    rule = load(config="clean.yaml").get("news/teaser")
    assert holds(rule)
    assert [str(origin) for origin in rule.overrides] == ["clean.yaml:3"]


BROKEN = [  # clean.yaml and the first fault
    (
        "rules: {news/teasr: {severity: info}}",
        "1:9: names-nothing: no rule is named 'news/teasr' (did you mean 'news/teaser'?)",
    ),
    (
        "rules: {news/teaser: {severty: info}}",
        "1:23: unknown-key: 'severty' is no key of a rule that can be changed (did you mean 'severity'?)",
    ),
    ("rules: {news/teaser: {id: other}}", "1:23: unknown-key: 'id' is no key of a rule that can be changed"),
    ("rules: {news/teaser: {severity: loud}}", "1:33: bad-value: 'loud' is not one of info, warn, error"),
    (
        "rules: {news/teaser: {match.prefix: {remove: [See]}}}",
        "1:47: names-nothing: the rule has no entry 'See'",
    ),
    (
        "rules: {news/teaser: {match.prefix: {add: ['See also:']}}}",
        "1:44: duplicate-entry: the rule has the entry 'See also:' already",
    ),
    ("rules: {news/teaser: {scope.line: 1}}", "1:23: bad-override: 'scope' is not a mapping in this rule"),
    ("rules: {news/teaser: {match: {regex: '(a'}}}", "1:38: bad-regex: no ')' for the '(' at 1"),
    ("rules: [news/teaser]", "1:8: wrong-type: expected a mapping, not a list"),
    ("select: [views/*]", "1:10: names-nothing: no rule is named 'views/*'"),
    (
        "ignore: [news/teasers]",
        "1:10: names-nothing: no rule is named 'news/teasers' (did you mean 'news/teaser'?)",
    ),
    ("exceptions: [{rule: news/x}]", "1:21: names-nothing: no rule is named 'news/x'"),
    (
        "exceptions: [{rule: news/teaser, txt: a}]",
        "1:34: unknown-key: unknown key 'txt' (did you mean 'text'?)",
    ),
    ("rules: &x {}", "1:8: anchor: anchors, aliases and merge keys are refused: write the value out"),
]


@pytest.mark.parametrize(("content", "fault"), BROKEN, ids=[content for content, _ in BROKEN])
def test_broken_configuration(home, content, fault):
    (home / "clean.yaml").write_text(content, "utf-8")
    assert faults(config="clean.yaml").split("\n")[0] == f"clean.yaml:{fault}"


def test_select_ignore_and_unsafe(home):
    for name, safety in (("one", "safe"), ("two", "unsafe"), ("three", "review")):
        (home / f"more/{name}.yaml").write_text(pack(name, safety=safety), "utf-8")
    more = {"folders": ("more",)}

    def active(**options):
        return {rule.name for rule in load(**more, **options).select("boilerplate").rules}

    assert active() == {"teaser", "one", "three"}
    assert active(unsafe=True) == {"teaser", "one", "two", "three"}
    assert active(select=("news/t*",)) == {"teaser", "three"}
    assert active(select=("news/old-one",)) == {"one"}
    assert active(ignore=("news/teaser",)) == {"one", "three"}
    assert "--select:1:1: names-nothing: no rule is named 'news/on'" in faults(**more, select=("news/on",))
    rules = load(**more).select("boilerplate")
    assert rules.get("news/three").action == "flag", "a rule under review cannot change text"
    assert rules.get("news/two") is None


def test_a_detector_of_its_own_reads_nothing(home):
    text = (
        pack().replace("{prefix: ['Read also:', 'See also:']}", "{detector: mine}").replace("teaser", "mine")
    )
    (home / "more/mine.yaml").write_text(text, "utf-8")
    assert "no-such-detector: no step reads news/mine" in faults(folders=("more",))


def test_languages(home):
    book = load()
    rule = replace(book.rules[0], languages=("en",))
    assert [rule.speaks(code) for code in ("en", "en-gb", "fr", "und")] == [True, True, False, True]
    assert not replace(rule, safety="review").speaks("und")
    assert not replace(rule, action="flag").speaks("und")
    assert replace(rule, languages=(), action="flag").speaks("und")


def test_exceptions_drop_findings_and_are_reported_when_unused(home):
    (home / "clean.yaml").write_text(
        "exceptions:\n"
        "  - {rule: news/*, document: 'essays/*', text: Plato}\n"
        "  - {rule: news/teaser, text: Kant}\n"
    )
    exemptions = load(config="clean.yaml").exemptions
    edit = Edit(0, 15, "Read also: Plato", "", "news/teaser")
    assert exempt([edit], "news/a.txt", edit.old, exemptions) == ([edit], set())
    kept, used = exempt([edit], "essays/a.txt", edit.old, exemptions)
    assert (kept, used) == ([], {exemptions[0]})
    assert unused(exemptions, used) == ["clean.yaml:3: the exception for news/teaser ('Kant') never applied"]
    assert exempt([edit], "a", edit.old, [Exemption("views/*")])[0] == [edit]


def test_the_digest_is_about_what_rules_do(home):
    before = load().digest
    (home / "built-in/news.yaml").write_text("# a comment\n" + pack(), "utf-8")
    assert load().digest == before
    (home / "built-in/news.yaml").write_text(pack(action="cut"), "utf-8")
    assert load().digest != before


def test_the_cache_gives_the_same_and_never_matters(home, monkeypatch):
    first = load()
    entries = list(cache.cache_folder().iterdir())
    assert len(entries) == 1
    assert load() == first
    entries[0].write_text("0\n{}", "utf-8")
    assert load() == first, "a broken entry is made anew"
    (home / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "file"))
    assert load() == first, "a folder that cannot be written costs only time"


def test_a_book_can_be_sent_to_a_worker(home):
    book = load()
    rules = book.select("boilerplate")
    assert rules.hits("Read also: a", [(0, 12)])
    assert pickle.loads(pickle.dumps(book)) == book
    assert pickle.loads(pickle.dumps(rules)).hits("Read also: a", [(0, 12)]) == rules.hits(
        "Read also: a", [(0, 12)]
    )


def test_cached_rules_load_without_yaml_and_schema(tmp_path):
    code = (
        "import sys; from cleaner.pipeline import rule_book; from cleaner.settings import RuleSources; "
        "rule_book(RuleSources()); "
        "print([name for name in ('ruamel.yaml', 'pydantic', 'numpy') if name in sys.modules])"
    )
    env = {"XDG_CACHE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PATH": ""}
    runs = [
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True) for _ in "12"
    ]
    assert runs[1].stdout.strip() == "[]", runs[1].stderr


def test_every_built_in_pack_fits_the_json_schema():
    schema = json_schema(step_names())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for path in sorted(built_in_folder().rglob("*.yaml")):
        data = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        assert not list(validator.iter_errors(data)), path
    for key in ("match", "examples", "guard"):
        assert key in schema["definitions"]["RuleModel"]["properties"]
    assert list(validator.iter_errors({"schema": 1, "pack": "news", "rules": [{"id": "a", "nonsense": 1}]}))
