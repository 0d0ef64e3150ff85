"""What goes and what stays, as tables: negatives first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import pytest

from cleaner.dedup import minhash
from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.parameters import Parameters
from cleaner.edits import checked, splice
from cleaner.errors import UsageError
from cleaner.model import Flag
from cleaner.pipeline import Pipeline
from cleaner.rules.ruleset import RuleSet
from cleaner.settings import Settings as RunSettings
from cleaner.steps import Context
from cleaner.steps.dedup import find, parameters_from, parameters_of, within
from tests.support.findings import edits_of
from tests.support.passages import LONG, NEXT, OTHER, RULES, apply, plan_of

ELEVEN = "One two three four five six seven eight nine ten eleven"
QUESTION = "Which of the dishes of your childhood do you still make, and who taught you how to make it?"
COMMAND = (
    """tide send --to http://localhost:8000/quay/today --as json --data '{"boat": "Anna", "crew": "four"}'"""
)
TINS = "one white, two red, one green, three yellow, one blue, and half of a black one"
QUERY = "SELECT boat.name, boat.crew, boat.mast, boat.sail, boat.rope, boat.net, quay.name, quay.depth, quay.crane"
SONG = "sing it again for those who did not hear it yet"
NOOP = {
    "refrain": ["Sing with me\n\nA verse of five words\n\nSing with me\n\nAnother verse\n\nSing with me"],
    "dialogue": ["Yes.\nNo.\nYes.\nNo."],
    "three words twice": ["Read this now\nRead this now"],
    "headings across documents": ["Introduction to it all\n\n" + LONG, "Introduction to it all\n\n" + NEXT],
    "signs": ["***\n***"],
    "empty": ["", "\n\n", " "],
    "short passages": ["one two three four five six seven", "one two three four five six seven"],
    "line sung twice": ["Pull the long rope, pull\nPull the long rope, pull\nThe tide is in"],
    "line sung twice before a long one": [
        "Pull the long rope, pull\nPull the long rope, pull\nThe tide\nIs in\nAnd out\n" + LONG
    ],
    "eleven words twice": [f"{NEXT}\n\n" + f"{ELEVEN}\n\n" * 2],
    "title that is not at the head": [f"{NEXT}\n\nFour words a title\n\nFour words a title\n\n{LONG}"],
    "items": [f"Bring:\n\n- {LONG}\n- {LONG}\n- a rope"],
    "rows": ["| a | b |\n|---|---|\n" + f"| {LONG} | 1 |\n" * 2],
    "turns": [f"ANNA: Well?\nBEN: {LONG}\nANNA: What?\nBEN: {LONG}\nANNA: Oh."],
    "response": [f"For those at sea,\n{LONG}\n\nFor those at home,\n{LONG}"],
    "formula": [f"“{LONG}”\n\nIt opened.\n\n“{LONG}”\n\nIt did not."],
    "stanza": [f"{NEXT}\n\nRow, row the boat,\nand row it home,\nand when you come\n{SONG}" * 2],
    "code that differs": ["```\nreturn x - 1\n```", "```\nreturn x * 1\n```"],
    "a line of a block of code": [
        f"```\n# {LONG}\nimport os\n```\n\nOne.",
        f"```\n# {LONG}\nimport sys\n```\n\nTwo.",
    ],
    "numbers differ": ["In the flood 12 were dead and 30 were missing, the mayor said on Monday.",
                       "In the flood 40 were dead and 90 were missing, the mayor said on Friday."],
    "dishes of a plan": ["\n\n".join(f"Supper\n\n{dish}" for dish in (LONG, NEXT, LONG))],
    "rating of a product": ["\n".join(f"{LONG}\nSleeps:\n{k} or more" for k in (2, 3, 4))],
    "commands that differ in quotation marks": [
        f"{NEXT}\n\n{COMMAND}\n\n" + COMMAND.replace("\"", "~").replace("'", "\"").replace("~", "'")
    ],
    "properties that are alike": [
        f"Oats\n\nTins: {TINS}\n\nStew\n\nTins: 2 red\n\nSoup\n\nTins: {TINS}"
    ],
    "properties with a no-break space": [
        f"Oats\n\nTins:\N{NO-BREAK SPACE}{TINS}\n\nTins:\N{NO-BREAK SPACE}2 red\n\nTins:\N{NO-BREAK SPACE}{TINS}"
    ],
    "answer that the text gives elsewhere": [f"{LONG}\n\nThe quay\n\nWhat did the divers find?\n\n{LONG}"],
    "query that is run again": [f"{NEXT}\n\n{QUERY}\n\n{OTHER}\n\n{QUERY}"],
    "question put to two": [f"{QUESTION}\n\n{NEXT}\n\n{QUESTION}\n\n{OTHER}"],
    "heading of another passage": ["Heading of four words\n\n" + LONG, "Heading of four words\n\n" + NEXT],
}  # fmt: skip

FIXES = {
    "equal": ([LONG, LONG], [LONG, ""]),
    "signs and case do not count": ([LONG, LONG.upper().replace(",", " -")], [LONG, ""]),
    "question and answer": (
        [f"{QUESTION}\n\n{LONG}\n\n{OTHER}\n\n{QUESTION}\n\n{LONG}"],
        [f"{QUESTION}\n\n{LONG}\n\n{OTHER}"],
    ),
    "properties that are all the same": (
        ["\n\n".join([f"Tins: {TINS}"] * 2 + [NEXT, f"Tins: {TINS}"])],
        [f"Tins: {TINS}\n\n{NEXT}"],
    ),
    "under a label that is there twice": (
        ["\n\n".join(f"Supper\n\n{dish}" for dish in (LONG, LONG))],
        [f"Supper\n\n{LONG}"],
    ),
    "under a label of one thing": (
        ["\n\n".join(f"Supper\n\n{dish}" for dish in (LONG, LONG, LONG))],
        [f"Supper\n\n{LONG}"],
    ),
    "what stands over another value": (
        [f"{LONG}\nWeight:\n2 kg\n{LONG}\nWeight:\n3 kg"],
        [f"{LONG}\nWeight:\n2 kg\nWeight:\n3 kg"],
    ),
    "question with its answer": (
        [f"{QUESTION}\n\n{NEXT}\n\n{OTHER}\n\n{QUESTION}\n\n{NEXT}\n"],
        [f"{QUESTION}\n\n{NEXT}\n\n{OTHER}\n"],
    ),
    "inside a document": ([f"{LONG}\n\n{NEXT}\n\n{LONG}\n"], [f"{LONG}\n\n{NEXT}\n"]),
    "twelve words twice": (
        [f"{NEXT}\n\n" + f"“{ELEVEN} all”\n\n" * 2],
        [f"{NEXT}\n\n“{ELEVEN} all”\n"],
    ),
    "a block of code, as a whole": (
        [f"One.\n\n```\n# {LONG}\nx = 1\n```", f"Two.\n\n```\n# {LONG}\nx = 1\n```"],
        [f"One.\n\n```\n# {LONG}\nx = 1\n```", "Two."],
    ),
    "title printed twice": (
        ["Four words a title\nFour words a title\n\n" + LONG],
        ["Four words a title\n\n" + LONG],
    ),
    "title three times": (["Four words a title\n\n" * 3 + LONG], ["Four words a title\n\n" + LONG]),
    "heading with its passage": (
        [f"Short heading\n\n{LONG}", f"{NEXT}\n\nShort heading\n\n{LONG}"],
        [f"Short heading\n\n{LONG}", NEXT],
    ),
    "heading of another passage stays": (
        ["Heading of four words\n\n" + LONG, "Heading of four words\n\n" + NEXT + "\n\n" + LONG],
        ["Heading of four words\n\n" + LONG, "Heading of four words\n\n" + NEXT],
    ),
    "run on both sides": (
        [f"A\n\n{LONG}\n\nB\n\nC", f"{NEXT}\n\nX\n\nA\n\n{LONG}\n\nB\n\nC\n\nD"],
        [f"A\n\n{LONG}\n\nB\n\nC", f"{NEXT}\n\nX\n\nD"],
    ),
    "a title is a repeat once what stood between is gone": (
        [LONG, f"Title of four words\n\n{LONG}\n\nTitle of four words\n\n{NEXT}"],
        [LONG, f"Title of four words\n\n{NEXT}"],
    ),
}


@pytest.mark.parametrize("docs", NOOP.values(), ids=NOOP)
def test_stays(docs):
    assert apply(docs) == docs


@pytest.mark.parametrize(("docs", "expected"), FIXES.values(), ids=FIXES)
def test_goes(docs, expected):
    assert apply(docs) == expected
    assert apply(expected) == expected


def test_similarity_and_places_are_exact():
    docs = [f"Intro é\n\n {LONG} {OTHER}", f"{NEXT}\n\n{LONG} {OTHER}".replace("clear", "warm")]
    plan, [(doc, removal)] = plan_of(docs)
    gone, kept = docs[doc][removal.start : removal.end], docs[0][removal.kept_start : removal.kept_end]
    assert (doc, removal.kind, removal.kept) == (1, "near", "0")
    assert kept == f"{LONG} {OTHER}"
    assert removal.similarity == minhash.jaccard(minhash.shingles(gone), minhash.shingles(kept))
    assert plan.statistics.removed["near"] == plan.statistics.verified == 1
    assert plan.statistics.clusters == {2: 1}


def test_longest_stays():
    longer = f"{LONG} {OTHER} And more."
    docs = [f"{LONG} {OTHER}", longer]
    assert apply(docs, Parameters(keep="longest")) == ["", longer]
    assert apply(docs) == [docs[0], ""]


def test_scope_document():
    docs = [LONG, f"{LONG}\n\n{NEXT}\n\n{LONG}"]
    assert apply(docs, Parameters(scope="document")) == [LONG, f"{LONG}\n\n{NEXT}"]


def test_what_is_equal_but_for_punctuation_is_near():
    text = f"{LONG}\n\n{LONG[:-1]}!\n\n{LONG.upper()}\n\n{LONG.replace(' ', '  ', 1)}"
    assert [removal.kind for removal in within(text, Parameters())] == ["near", "exact", "exact"]


def test_a_pinned_passage_stays():
    assert apply([LONG, LONG, LONG], pins={(0, 1)}) == [LONG, LONG, ""]


def test_kinds_can_be_switched_off():
    docs = [LONG, LONG, LONG.replace("hear", "see")]
    near = [removal.kind for _, removal in plan_of(docs, Parameters(exact=False, threshold=0.4))[1]]
    assert near == ["near", "near"]
    assert [removal.kind for _, removal in plan_of(docs, Parameters(near=False))[1]] == ["exact"]
    assert plan_of(docs, Parameters(near=False, exact=False))[1] == []


def test_an_equal_copy_of_a_near_one_names_what_is_kept():
    docs = [f"{LONG} {OTHER}", f"{LONG} {OTHER} Done.", f"{LONG} {OTHER} Done."]
    found = plan_of(docs)[1]
    assert [(removal.kind, removal.kept, removal.cluster) for _, removal in found] == [("near", "0", 2)] * 2


def test_no_shard_at_all():
    assert combine([], Parameters()).shards == ()


def test_a_document_on_its_own():
    found = within(f"{LONG}\n\n{NEXT}\n\n{LONG}", Parameters(), key="a.txt")
    assert [(removal.kind, removal.kept, removal.kept_start) for removal in found] == [("exact", "a.txt", 0)]
    assert within("", Parameters()) == ()


def test_the_defaults_of_the_rules_are_those_of_the_program():
    rules = Pipeline(RunSettings(steps=("dedup",))).rules.select("dedup", "und", "article")
    assert parameters_from(rules) == Parameters()


def test_an_option_that_is_not_known_is_an_error():
    with pytest.raises(UsageError, match="tresholt"):
        parameters_of({"tresholt": 0.8})


def test_flags_leave_the_text_alone():
    rules = Mock(get=lambda rule_id: SimpleNamespace(id=rule_id, options={"action": "flag"}))
    _, [(_, removal)] = plan_of([f"{LONG}\n\n{LONG}"])
    [flag] = find(f"{LONG}\n\n{LONG}", Context(rules, corpus=(removal,)))
    assert isinstance(flag, Flag)
    assert (flag.start, flag.end, flag.rule, flag.severity) == (
        len(LONG) + 2,
        2 * len(LONG) + 2,
        "dedup/exact",
        "info",
    )


def test_a_rule_that_is_off_takes_nothing_out():
    rules = cast(RuleSet, SimpleNamespace(get=lambda rule_id: None))
    _, [(_, removal)] = plan_of([f"{LONG}\n\n{LONG}"])
    assert list(find(f"{LONG}\n\n{LONG}", Context(rules, corpus=(removal,)))) == []


def test_a_document_alone_is_searched_in_itself():
    text = f"{LONG}\n\n{NEXT}\n\n{LONG}"
    assert splice(text, checked(text, edits_of(find(text, Context(RULES))))) == f"{LONG}\n\n{NEXT}"
