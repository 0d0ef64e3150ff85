"""The built-in packs: every example does what it says; lists, docs and new rules are made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.pipeline import finder, step_names
from cleaner.rules.authoring.bench import corpus_hits, costs
from cleaner.rules.authoring.docs import rules_markdown
from cleaner.rules.authoring.listing import described, rows
from cleaner.rules.authoring.new import FILL_IN, add_rule, rule_data
from cleaner.rules.faults import RuleError
from cleaner.rules.files.examples import check_examples, failures
from cleaner.rules.files.folders import JUDGED, Folder, built_in_folder, judged_sums, rule_files
from cleaner.rules.files.load import BuiltIn
from cleaner.rules.ruleset import RuleSet
from tests.support.rules import judge, load_rules, read_packs

BOOK = load_rules(BuiltIn(isolated=True, unsafe=True))


@pytest.mark.parametrize("step", sorted({rule.step for rule in BOOK.rules}))
def test_every_example_through_the_production_matcher(step):
    rules = [rule for rule in BOOK.rules if rule.step == step]
    assert [str(failure) for failure in check_examples(rules, finder)] == []


def test_a_failing_example_is_said():
    rule = next(rule for rule in BOOK.rules if rule.is_pattern)
    wrong = type(rule)(
        **{name: getattr(rule, name) for name in rule.__slots__}
        | {"examples": type(rule.examples)(("surely not this",), rule.examples.match[:1])}
    )
    assert list(failures(wrong)) == [("match", 0), ("no_match", 0)]
    assert [failure.text for failure in check_examples([wrong], finder)] == [
        "surely not this",
        rule.examples.match[0],
    ]


def test_the_list_shows_every_rule_and_its_state():
    listed = rows(load_rules(BuiltIn(isolated=True, ignore=("encoding/*",))))
    assert len(listed) == len(BOOK.rules)
    assert {row.state for row in listed if row.id.startswith("encoding/")} == {"ignored"}
    assert all(row.layer == "built-in" and ":" in row.origin for row in listed)


def test_every_rule_can_be_shown_and_documented():
    page = rules_markdown(BOOK.rules)
    for rule in BOOK.rules:
        text = described(rule)
        assert text.startswith(f"id         {rule.id}")
        assert "\x1b" not in text
        assert f"### {rule.id}\n" in page


def test_costs_and_hits_of_a_corpus():
    rules = [rule for rule in BOOK.rules if rule.step == "boilerplate" and "en" in rule.languages][:5]
    ticks = iter(range(1000))
    together, each = costs(rules, ["Read also: more\n" * 3], lambda: float(next(ticks)))
    assert together.rule == "all"
    assert {cost.rule for cost in each} == {rule.id for rule in rules}
    hits = corpus_hits(RuleSet(BOOK.select("boilerplate", "en").rules), "a.txt", "Prose.\nAdvertisement\n")
    assert [(hit.key, hit.line, hit.text) for hit in hits] == [("a.txt", 2, "Advertisement")]


def test_a_new_rule_is_written_and_works(tmp_path):
    path = tmp_path / "rules/mine.yaml"
    data = rule_data(
        matching=["Lisez aussi : l'été", "Lisez aussi : le port"], not_matching=["Il lit."], languages=["fr"]
    )
    content = add_rule(path, data, step_names(), pack="mine")
    assert content == path.read_text("utf-8")
    assert "match: {prefix: ['Lisez aussi :']}" in content
    second = rule_data(
        matching=["Ad: no"], not_matching=["An ad: yes"], match={"regex": [r"^ad: \w+$"]}, max_words=5
    )
    add_rule(path, second, step_names(), pack="mine")
    book = load_rules(BuiltIn(isolated=True, folders=(str(path.parent),)))
    related, ad = book.get("mine/lisez-aussi"), book.get("mine/ad-w")
    assert related is not None and ad is not None
    assert related.languages == ("fr",)
    assert ad.guard.max_words == 5
    assert ad.description == FILL_IN


def test_a_new_rule_asks_for_its_description(tmp_path, clean):
    path = tmp_path / "mine.yaml"
    given = ["rules", "new", "--file", path, "--match", "Ad: a", "--no-match", "An ad", "--prefix", "Ad:"]
    assert "has to be filled in" in clean(*given).out
    assert FILL_IN in path.read_text("utf-8")
    told = clean(*given, "--id", "ads", "--description", "Classified ads")
    assert "filled in" not in told.out
    assert "make docs" not in told.out
    assert "description: Classified ads" in path.read_text("utf-8")


def test_a_new_built_in_rule_names_the_next_command(tmp_path, clean, monkeypatch):
    monkeypatch.setattr("cleaner.rules.files.folders.built_in_folder", lambda: tmp_path)
    given = ["--match", "Ad: a", "--no-match", "An ad", "--prefix", "Ad:", "--description", "Ads"]
    assert "make docs" in clean("rules", "new", "--file", tmp_path / "mine.yaml", *given).out


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (rule_data(matching=["Ad"], not_matching=["Ad "]), "example"),
        (rule_data(matching=["Ad"], not_matching=["x"], match={"regex": ["(a"]}), "bad-regex"),
        (rule_data(matching=["Ad"], not_matching=["x"], name="No Name"), "bad-value"),
    ],
)
def test_a_faulty_new_rule_is_not_written(tmp_path, data, code):
    path = tmp_path / "mine.yaml"
    with pytest.raises(RuleError) as caught:
        add_rule(path, data, step_names(), pack="mine")
    assert caught.value.faults[0].code == code
    assert not path.exists()


BUILT_IN = Folder(built_in_folder(), "built-in")
PACKS = rule_files(BUILT_IN.path)[0]


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_pack_is_sound_when_it_is_judged_in_full(path: Path) -> None:
    pack, faults = judge(path.name, "built-in", path.read_bytes())
    assert faults == []
    assert pack is not None


def test_only_built_in_packs_as_they_were_judged_are_taken_for_sound() -> None:
    content = PACKS[0].read_bytes()
    assert BUILT_IN.was_judged(content)
    assert not BUILT_IN.was_judged(content + b"\n")
    assert not Folder(BUILT_IN.path, "project").was_judged(content)
    assert not Folder(BUILT_IN.path.parent, "built-in").was_judged(content)


def test_a_built_in_pack_that_was_changed_is_judged_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "rules"
    folder.mkdir()
    pack = folder / "harbour.yaml"
    pack.write_text(
        "schema: 1\npack: boilerplate/harbour\nrules:\n"
        "  - id: note\n    description: Note\n    scope: line\n    match: {prefix: Timetables}\n    action: drop\n"
        "    examples: {match: [Timetables], no_match: [The timetable]}\n"
    )
    (folder / JUDGED).write_text(judged_sums(folder))
    assert read_packs([Folder(folder, "built-in")])[1] == []
    pack.write_text(pack.read_text().replace("match: [Timetables]", "match: [Ferries]"))
    (fault,) = read_packs([Folder(folder, "built-in")])[1]
    assert "does not match" in str(fault)
