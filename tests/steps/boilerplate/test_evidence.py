"""What a removal needs: each threshold just below and just above."""

from __future__ import annotations

import pytest

from cleaner.edits import checked, splice
from cleaner.language.words import count_words, ends_sentence
from cleaner.model import Edit
from cleaner.pipeline import rule_book
from cleaner.rules.rule import Examples, Fold, Guard, Matcher, Origin, Rule
from cleaner.rules.ruleset import RuleSet
from cleaner.settings import RuleSources
from cleaner.steps import Context, boilerplate
from cleaner.steps.boilerplate.evidence import (
    FURNISHED_LINES,
    GAP_CHARS,
    HEADED_WORDS,
    INTERRUPTED_WORDS,
    INTRODUCING_WORDS,
    MUTUAL_LINES,
    PROSE_WORDS,
    WEAK_HEADING_WORDS,
    WEAK_WORDS,
    gap,
    interrupts,
    introduces,
    is_mentioned,
    is_prose,
    is_weak,
)
from cleaner.steps.boilerplate.plan import DEFAULT_MAX_CUT
from cleaner.steps.boilerplate.sections import (
    FIGURES,
    LEAST_PRICES,
    MAX_ITEM_WORDS,
    MAX_QUESTION_WORDS,
    MAX_SENTENCE_WORDS,
    MAX_SUBHEADING_WORDS,
    is_item,
    section_end,
)
from cleaner.steps.boilerplate.shelter import ASIDE_WORDS, SENTENCE_WORDS, is_aside, is_sentence

PROSE = "The council met on Friday to talk about the bridge, and it did not agree on anything at all."


def a_rule(name: str, regex: str, **more: object) -> Rule:
    return Rule(
        f"t/{name}",
        "t",
        "boilerplate",
        name,
        more.pop("scope", "line"),  # type: ignore[arg-type]
        Matcher("regex", (regex,)),
        "drop",
        Origin("t.yaml", 1, "project"),
        Examples(),
        **more,  # type: ignore[arg-type]
    )


def clean(text: str, *rules: Rule) -> str:
    found = list(boilerplate.find(text, Context(RuleSet(rules), "en")))
    return splice(text, checked(text, [edit for edit in found if isinstance(edit, Edit)]))


def words(count: int) -> str:
    return " ".join(["Harbour", *["wave"] * (count - 1)])


SURE = a_rule("sure", "^furniture number .*$")
LABEL = a_rule("label", "^(?:harbour|quay|mole)(?: wave)*$")
STARTS = a_rule("starts", r"^harbour\b.{0,300}$")


@pytest.mark.parametrize(
    ("line", "prose"),
    [
        (words(PROSE_WORDS - 1) + ".", False),
        (words(PROSE_WORDS) + ".", True),
        (words(PROSE_WORDS), False),
        (words(PROSE_WORDS) + ". (Men / Women)", True),
        ("橋" * (3 * PROSE_WORDS - 3) + "。", False),
        ("橋" * (3 * PROSE_WORDS) + "。", True),
        ("पुल " * (PROSE_WORDS - 1) + "बंद।", True),
        ("ا" + " جسر" * PROSE_WORDS + "؟", True),
        ("สะพาน" * 14 + "ก", False),
        ("สะพาน" * 14 + "กก", True),
    ],
)
def test_prose(line: str, prose: bool) -> None:
    assert is_prose(line) is prose


@pytest.mark.parametrize("end", ["।", "۔", "።", "։", "。", "！", "؟", ".”", "!)", "…"])
def test_ends_of_sentences(end: str) -> None:
    assert ends_sentence("abc" + end)


@pytest.mark.parametrize("line", ["A title", "Read also:", "a, b,", "Source: (a)"])
def test_no_ends_of_sentences(line: str) -> None:
    assert not ends_sentence(line)


@pytest.mark.parametrize(
    ("text", "count"), [("a b", 2), ("橋橋橋", 1), ("橋橋橋橋", 2), ("abc 橋橋橋", 2), ("", 0)]
)
def test_words(text: str, count: int) -> None:
    assert count_words(text) == count


def test_a_phrase_takes_no_prose() -> None:
    for count, stays in ((PROSE_WORDS - 1, False), (PROSE_WORDS, True)):
        text = f"{PROSE}\n\n{words(count)}.\n\n{PROSE}"
        assert (clean(text, STARTS) == text) is stays


def test_a_rule_that_covers_the_line_takes_prose() -> None:
    text = f"{PROSE}\n\n{words(20)}.\n\n{PROSE}"
    assert clean(text, a_rule("all", r"^harbour(?: wave)*\.$")) == f"{PROSE}\n\n{PROSE}"
    assert clean(text, a_rule("part", r"^harbour(?: wave){5}")) == text
    assert clean(text, a_rule("told", r"^harbour\b.*$", prose=True)) == f"{PROSE}\n\n{PROSE}"


@pytest.mark.parametrize(
    ("regex", "size"),
    [
        ("^abc$", 0),
        (".{0,40}", 40),
        ("[^.]{0,41}", 41),
        (r"\W{0,4}a\d*\s+", 0),
        (r"(?:\w+ ){0,5}", 40),
        (r"(?:\w+ ){0,6}", 48),
        (r"[\w\s]{0,30}.{0,5}", 35),
        ("a|.{3}|b", 3),
        (r"(?:one |two )+", 0),
    ],
)
def test_gaps(regex: str, size: float) -> None:
    assert gap(Matcher("regex", (regex,)), Fold()) == size


@pytest.mark.parametrize(("size", "covered"), [(GAP_CHARS, True), (GAP_CHARS + 1, False)])
def test_covering(size: int, covered: bool) -> None:
    text = f"{PROSE}\n\nHarbour wave waves, {'wave ' * 9}wave.\n\n{PROSE}"
    rule = a_rule("gap", rf"^harbour wave waves,.{{0,{size - 1}}}(?: wave)*.$")
    assert (clean(text, rule) != text) is covered


@pytest.mark.parametrize(("count", "weak"), [(WEAK_WORDS, True), (WEAK_WORDS + 1, False)])
def test_short_lines(count: int, weak: bool) -> None:
    assert is_weak(words(count)) is weak
    text = f"{PROSE}\n\n{words(count)}\n\n{PROSE}"
    assert (clean(text, LABEL) == text) is weak


def test_a_neighbour_proves_a_short_line() -> None:
    text = f"{PROSE}\n\nHarbour\n\nFurniture number one\n\n{PROSE}"
    assert clean(text, LABEL, SURE) == f"{PROSE}\n\n{PROSE}"
    assert clean(text, LABEL) == text


@pytest.mark.parametrize(("count", "proven"), [(MUTUAL_LINES - 1, False), (MUTUAL_LINES, True)])
def test_short_lines_prove_each_other(count: int, proven: bool) -> None:
    text = "\n\n".join([PROSE, *["Harbour", "Quay", "Mole"][:count], PROSE])
    assert (clean(text, LABEL) != text) is proven


def test_a_line_said_twice_proves_nothing() -> None:
    text = f"{PROSE}\n\nHarbour\n\nHarbour\n\n{PROSE}"
    assert clean(text, LABEL) == text


@pytest.mark.parametrize(("count", "proven"), [(FURNISHED_LINES - 1, False), (FURNISHED_LINES, True)])
def test_furniture_elsewhere_proves_a_short_line(count: int, proven: bool) -> None:
    furniture = "\n\n".join(f"Furniture number {k}\n\n{PROSE}" for k in range(count))
    text = f"{PROSE}\n\nHarbour\n\n{PROSE}\n\n{furniture}"
    assert ("Harbour" not in clean(text, LABEL, SURE)) is proven


def test_edges_of_a_document() -> None:
    assert clean(f"{PROSE}\n\nHarbour", LABEL) == PROSE
    heading = f"Harbour\n\n{PROSE}"
    assert clean(heading, LABEL) == heading
    assert clean("Harbour\n\nQuay\n", LABEL) == "Harbour\n\nQuay\n"


def test_what_a_colon_announces_stays() -> None:
    text = f"{PROSE} You see three buttons:\n\nHarbour\n\nQuay\n\n{PROSE}"
    assert clean(text, LABEL) == text


def test_one_item_of_a_list_stays() -> None:
    text = f"{PROSE}\n\n- harbour\n- boats and ships\n- quay\n\n{PROSE}\n\nFurniture number 1\n\nFurniture number 2"
    rule = a_rule("item", "^- (?:harbour|quay)$")
    assert "- harbour\n- boats and ships\n- quay" in clean(text, rule, SURE)


@pytest.mark.parametrize(("count", "yes"), [(INTERRUPTED_WORDS - 1, False), (INTERRUPTED_WORDS, True)])
def test_interrupted_sentences(count: int, yes: bool) -> None:
    assert interrupts(words(count), "and the sea") is yes
    assert not interrupts(words(count) + ".", "and the sea")
    assert not interrupts(words(count), "The sea")
    text = f"{words(count)}\n\nQuay\n\nand the sea was calm on all the days of that long week in May."
    assert (clean(text, a_rule("quay", "^quay$")) != text) is yes


def test_support_may_be_asked_of_any_line_and_of_none() -> None:
    wary = a_rule("wary", "^harbour(?: wave)*$", alone=False)
    text = f"{PROSE}\n\n{words(6)}\n\n{PROSE}"
    assert clean(text, wary) == text
    assert (
        clean(f"{PROSE}\n\n{words(6)}\n\nFurniture number 1\n\n{PROSE}", wary, SURE) == f"{PROSE}\n\n{PROSE}"
    )
    assert (
        clean(f"{PROSE}\n\nHarbour\n\n{PROSE}", a_rule("bold", "^harbour$", alone=True))
        == f"{PROSE}\n\n{PROSE}"
    )


@pytest.mark.parametrize(("most", "stays"), [(2, True), (3, False)])
def test_many_hits_are_records_of_a_list(most: int, stays: bool) -> None:
    text = "\n\n".join([PROSE, *[f"{words(3)} number {k}\n\n{PROSE}" for k in range(3)]])
    rule = a_rule("record", r"^harbour(?: wave)* number \d$", guard=Guard(max_hits=most))
    assert (clean(text, rule) == text) is stays


@pytest.mark.parametrize(("count", "alone"), [(WEAK_HEADING_WORDS, True), (WEAK_HEADING_WORDS + 1, False)])
def test_headings_of_one_word(count: int, alone: bool) -> None:
    heading = a_rule("heading", "^harbour(?: wave)*$", scope="tail")
    text = f"{PROSE}\n\n{words(count)}\n\n• One bridge closes\n\n• Another one opens\n\n{PROSE} {PROSE}"
    assert (clean(text, heading) == text) is alone
    assert clean(f"{PROSE}\n\nHarbour\n\n• One bridge closes", heading) == PROSE


@pytest.mark.parametrize("extra", [-2, 2])
def test_what_a_section_may_take(extra: int) -> None:
    heading = a_rule("heading", "^harbour wave$", scope="tail")
    items = [f"• {words(8)}", f"• {words(8)}"]
    taken = sum(map(len, items))
    rest = int(taken / DEFAULT_MAX_CUT) - taken - len("Harbour wave") - 4 + extra
    text = "\n".join(["x" * rest, "Harbour wave", *items])
    assert (clean(text, heading) != text) is (extra > 0)


@pytest.mark.parametrize(
    ("line", "item"),
    [
        (words(MAX_ITEM_WORDS), True),
        (words(MAX_ITEM_WORDS + 1), False),
        (words(MAX_QUESTION_WORDS) + "?", True),
        (words(MAX_QUESTION_WORDS + 1) + "?", False),
        (words(MAX_SENTENCE_WORDS) + ".", True),
        (words(MAX_SENTENCE_WORDS + 1) + ".", False),
        ("橋" * 78, True),
        ("橋" * 79, False),
    ],
)
def test_items(line: str, item: bool) -> None:
    assert is_item(line) is item


@pytest.mark.parametrize(("count", "end"), [(MAX_SUBHEADING_WORDS, 2), (MAX_SUBHEADING_WORDS + 1, 3)])
def test_a_short_title_before_prose_may_be_its_heading(count: int, end: int) -> None:
    assert section_end(["Read also:", words(9), words(count), PROSE], 0) == end


def test_another_bullet_may_begin_the_text() -> None:
    assert section_end(["More:", "* A ferry", "* A mill", "16. The harbour", PROSE], 0) == 3
    assert section_end(["More:", "* A ferry", "* A mill", "* The harbour", PROSE], 0) == 4


@pytest.mark.parametrize(("prices", "end"), [(LEAST_PRICES - 1, 4), (LEAST_PRICES, 0)])
def test_prices_are_no_links(prices: int, end: int) -> None:
    items = [*["$ 20 a month"] * prices, *["A boat for two"] * (3 - prices)]
    assert section_end(["Most popular", *items], 0) == end


@pytest.mark.parametrize(("named", "end"), [(2, 6), (3, 0)])
def test_properties_are_no_links(named: int, end: int) -> None:
    items = [*["Memory: 8 GB"] * named, *["A boat for two"] * (5 - named)]
    assert section_end(["Recommended", *items], 0) == end


@pytest.mark.parametrize(("count", "end"), [(FIGURES - 1, 8), (FIGURES, 4)])
def test_links_end_where_the_figures_of_a_thing_begin(count: int, end: int) -> None:
    figures = ["* Mast: 9.5 m", "* Sail area: 40 sq m", "* Crew: 2"][:count]
    items = ["A boat for two", "How to choose a rope", "Seven knots for beginners", "Size"]
    assert section_end(["Related stories", *items, *figures, "* A bag"], 0) == end


@pytest.mark.parametrize(("count", "kept"), [(INTRODUCING_WORDS - 1, False), (INTRODUCING_WORDS, True)])
def test_what_introduces_prose_is_no_heading_over_links(count: int, kept: bool) -> None:
    assert introduces([words(count) + ":", "", PROSE], 0) is kept
    assert not introduces([words(count) + ":", "", "Seven knots"], 0)


@pytest.mark.parametrize(("count", "aside"), [(ASIDE_WORDS, True), (ASIDE_WORDS + 1, False)])
def test_an_aside_is_short(count: int, aside: bool) -> None:
    assert is_aside(f"({' '.join(['laughter'] * count)})") is aside


@pytest.mark.parametrize(("count", "sentence"), [(SENTENCE_WORDS - 1, False), (SENTENCE_WORDS, True)])
def test_sentences_that_repeat(count: int, sentence: bool) -> None:
    assert is_sentence(words(count) + ".") is sentence


@pytest.mark.parametrize(
    "text",
    [
        "(a) the bridge;\n(b) the wall; or\n(c) 2019 to 2021, the sums paid;\n(d) the ferry.\n",
        "Said:\n(b) one\n\n(c) 2019\n",
    ],
)
def test_item_c_of_a_list(text: str) -> None:
    assert clean(text, a_rule("c", r"^\(c\).{0,100}$")) == text


def test_speakers_of_a_play_stay() -> None:
    play = "\n\n".join(
        ["KING", "What news?", "MESSENGER", "The bridge is down, my lord.", "QUEEN", "Alas!"] * 4
    )
    rule = a_rule("bar", "^(?:messenger|facebook)$")
    assert clean(play, rule, SURE) == play


@pytest.mark.parametrize(("count", "kept"), [(HEADED_WORDS - 1, False), (HEADED_WORDS, True)])
def test_a_short_line_at_the_head_over_a_sentence_is_kept(count: int, kept: bool) -> None:
    text = f"Share\n\n{words(count)}.\n"
    assert (clean(text, a_rule("share", "^share$")) == text) is kept


@pytest.mark.parametrize(
    ("other", "mentioned"),
    [
        ("He read it: advertisement.", True),  # four words
        ("Only an advertisement.", False),  # three
        ("An advertisement hung there", False),  # no sentence
        ("The advertisements hung there all day.", False),  # another word
    ],
)
def test_a_label_that_the_text_speaks_of_needs_support(other: str, mentioned: bool) -> None:
    assert is_mentioned("Advertisement", [other]) is mentioned
    story = f"{other}\n\nAdvertisement\n\nThat was all that stood on the wall of the old harbour office."
    rules = rule_book(RuleSources(isolated=True)).select("boilerplate", "en")
    found = [edit for edit in boilerplate.find(story, Context(rules, "en")) if isinstance(edit, Edit)]
    assert (not found) is mentioned
