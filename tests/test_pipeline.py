"""Documents cleaned together come out as each does alone, and a failure is that of one document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import QuarantineError, UsageError
from cleaner.lines import Recent, Rest, line_spans
from cleaner.model import JSON, Document, Finding
from cleaner.pipeline import Pipeline
from cleaner.rules.linefilter import LineFilter
from cleaner.settings import Settings
from cleaner.steps import Context, Step, boilerplate, encoding, named
from cleaner.steps.dedup import Removal

TEXTS = [
    "It rained all day in the valley.\n",
    "It rained all day in the valley.\n\nAdvertisement\n",
    "The ferry to the islands was late again, and that with\n\nno word from the harbour master.  \n",
    "Le cafÃ© du port ouvre ses portes ce matin, et les pêcheurs y sont déjà.\n",
    "",
    "Run it so:\n\n```\nmake all\n```\n",
    "It rained all day in the valley.\n",
]


def docs(texts: list[str]) -> list[Document]:
    return [Document(f"{k}.txt", text) for k, text in enumerate(texts)]


@pytest.mark.parametrize("order", [1, -1])
def test_together_as_alone(order: int) -> None:
    pipeline, found = Pipeline(), docs(TEXTS)[::order]
    alone = [pipeline.annotate(pipeline.settle(doc)) for doc in found]
    assert pipeline.settle_all(found) == alone
    assert sum(doc.text != doc.original() for doc in alone) >= 3
    assert pipeline.settle_all([]) == []


def test_a_step_is_applied_to_all_before_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    begun: list[int] = []
    real = Step.find

    def find(self: Step, text: str, context: Context) -> Iterator[Finding]:
        asked.append((self.name, context.key))
        return real(self, text, context)

    monkeypatch.setattr(Step, "find", find)
    Pipeline(Settings(steps=("encoding", "linebreaks", "translation"))).settle_all(
        docs(TEXTS[:2]), begun.append
    )
    assert asked == [
        (name, key) for name in ("encoding", "linebreaks", "translation") for key in ("0.txt", "1.txt")
    ]
    assert begun[:4] == [0, 1, 0, 1]


def failing(error: type[Exception]) -> Iterator[Finding]:
    if error:
        raise error
    yield from ()


@pytest.mark.parametrize("name", ["encoding", "translation"])
@pytest.mark.parametrize("error", [ValueError, QuarantineError])
def test_one_that_fails_does_not_stop_the_others(
    name: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Step.find

    def find(self: Step, text: str, context: Context) -> Iterator[Finding]:
        fails = self.name == name and context.key == "1.txt"
        return failing(error) if fails else real(self, text, context)

    pipeline, found = Pipeline(), docs(TEXTS)
    alone = [pipeline.annotate(pipeline.settle(doc)) for doc in found]
    monkeypatch.setattr(Step, "find", find)
    first, failed, *rest = pipeline.settle_all(found)
    assert isinstance(failed, error)
    assert [first, *rest] == [alone[0], *alone[2:]]
    with pytest.raises(error):
        pipeline.annotate(pipeline.settle(found[1]))


def test_an_error_of_the_configuration_ends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Step, "find", lambda self, text, context: failing(UsageError))
    with pytest.raises(UsageError):
        Pipeline().settle_all(docs(TEXTS))


def test_where_no_step_looks_at_a_document_alone_all_stay_as_they_are() -> None:
    begun: list[int] = []
    found = docs(TEXTS)
    settled = Pipeline(Settings(steps=("dedup",))).settle_all(found, begun.append)
    assert (settled, begun) == (found, [])


@pytest.mark.parametrize("order", [1, -1])
def test_cleaned_together_as_alone(order: int) -> None:
    line = "The ferry to the islands was late again on that day, and the harbour master said nothing."
    pipeline = Pipeline()
    found = docs([*TEXTS, f"{line}\n\n{line}\n", f"Advertisement\n\n{line}\n\nA word.\n\n{line}  \n"])[
        ::order
    ]
    alone = [pipeline.clean(doc) for doc in found]
    assert pipeline.clean_all(found) == alone
    assert sum(any(revision.step == "dedup" for revision in doc.trail) for doc in alone) == 2


LINES = [
    "",
    "Advertisement",
    "The ferry was late on Friday, and nobody in town knew why it had not left the island at noon.",
    "Follow us on Facebook",
    "She said that the harbour would be closed for the winter, as it had been every year since the fire",
    "but that the boats could stay where they were.",
    "Read also: Five more things about ropes",
    "Share",
    "Photo: Anna Example/Nordby Post",
    "caf\u00c3\u00a9 &amp; bar ",
    "```",
    "Der Hafen war am Freitag geschlossen, und niemand in der Stadt wusste, warum das so war.",
    "Weiterlesen",
    "All rights reserved.",
]


def forget(pipeline: Pipeline) -> None:
    """Let the steps know nothing of earlier texts."""
    encoding._CLEAN.last, encoding._CLEAN.recent = None, Recent()
    boilerplate._plan_alone.cache_clear()
    for rules in pipeline.rules._sets.values():
        for search in rules._by_line():
            search._passed.clear()
            search._known.clear()
            search._held, search._recent, search._narrowed = 0, Recent(), None
            search._lookup._passed.clear()
            search._lookup._known.clear()
            search._lookup._held, search._lookup._recent = 0, Recent()


@settings(deadline=None, max_examples=150)
@given(
    lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=14),
    left=st.lists(st.booleans(), min_size=1, max_size=14),
    profile=st.sampled_from(["article", "page"]),
)
def test_what_is_left_of_a_text_settles_the_same_with_what_was_learned(
    lines: list[str], left: list[bool], profile: Literal["article", "page"]
) -> None:
    pipeline = Pipeline(Settings(profile=profile))
    forget(pipeline)
    doc = pipeline.settle(Document("a.txt", "\n".join(lines)))
    learned = json.loads(json.dumps(pipeline.learned(doc)))
    kept = [line for k, line in enumerate(doc.text.split("\n")) if left[k % len(left)]]
    part = replace(doc, text="\n".join(kept))
    forget(pipeline)
    alone = pipeline.settle(part)
    forget(pipeline)
    pipeline.recall(doc, learned)
    assert pipeline.settle(part) == alone


@settings(deadline=None, max_examples=150)
@given(
    lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=14),
    taken=st.lists(st.sampled_from([0.0, 0.0, 0.4, 1.0, 1.0]), min_size=1, max_size=14),
    end=st.sampled_from(["", "\n"]),
)
def test_what_passages_leave_of_a_text_settles_the_same_with_what_was_learned(
    lines: list[str], taken: list[float], end: str
) -> None:
    """Each line is a passage of which nothing, a part, or all is taken out."""
    pipeline, step = Pipeline(), named("dedup")
    forget(pipeline)
    doc = pipeline.settle(Document("a.txt", "\n".join(lines) + end))
    learned = json.loads(json.dumps(pipeline.learned(doc)))
    passages = [
        Removal(
            start, start + max(1, int((stop - start) * taken[k % len(taken)])), "exact", 1.0, "b.txt", 0, 1
        )
        for k, (start, stop) in enumerate(line_spans(doc.text))
        if doc.text[start:stop].strip() and taken[k % len(taken)]
    ]
    left = pipeline.inform(doc, step, tuple(passages))
    rules, spans = pipeline.rules.select("boilerplate", doc.language), line_spans(left.text)
    forget(pipeline)
    hits, alone = rules.hits(left.text, spans), pipeline.settle(left)
    forget(pipeline)
    pipeline.recall(doc, learned, left)
    assert rules.hits(left.text, spans) == hits
    assert pipeline.settle(left) == alone


@settings(deadline=None, max_examples=100)
@given(
    lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=14),
    profile=st.sampled_from(["article", "page"]),
)
def test_a_step_that_is_reminded_of_a_text_does_the_same(
    lines: list[str], profile: Literal["article", "page"]
) -> None:
    pipeline, doc = Pipeline(Settings(profile=profile)), Document("a.txt", "\n".join(lines))
    forget(pipeline)
    reminded = pipeline.settle(doc)
    forget(pipeline)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pipeline, "_remind", lambda *args: None)
        assert pipeline.settle(doc) == reminded


def test_a_step_is_reminded_where_whole_lines_have_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    recall = Step.recall

    def spied(step: Step, text: str, context: Context, known: JSON, rest: Rest | None = None) -> None:
        told.append(step.name)
        recall(step, text, context, known, rest)

    monkeypatch.setattr(Step, "recall", spied)
    text = "It rained all day in the valley, and nobody went out."
    assert Pipeline().settle(Document("a.txt", f"{text}\n\nAdvertisement\n")).text == f"{text}\n"
    assert told == ["encoding"]
    assert Pipeline().settle(Document("a.txt", f"{text}\n")).text == f"{text}\n"
    assert told == ["encoding"]


def test_of_a_text_is_learned_which_lines_match_and_whether_it_is_clean() -> None:
    pipeline = Pipeline()
    text = "The harbour was closed on Friday, and nobody knew why.\n\nPhoto: Anna Example/Nordby Post\n\nIt rained.\n"
    doc = pipeline.settle(Document("a.txt", text))
    matching = pipeline.rules.select("boilerplate", doc.language).hits(doc.text, line_spans(doc.text))
    learned = pipeline.learned(doc)
    assert learned == {"encoding": True, "boilerplate": sorted({hit.line for hit in matching})}
    forget(pipeline)
    assert pipeline.learned(doc) == {}
    pipeline.recall(doc, learned)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LineFilter, "lines", None)
        patch.setattr(encoding, "suspects", None)
        assert pipeline.settle(
            replace(doc, text="The harbour was closed on Friday, and nobody knew why.")
        ).text
