"""The cleaner of programs: what it does is what the command line does, row by row."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner import Cleaner, CleanerError, Document, QuarantineError, UsageError, clean_text
from cleaner.api import cleaning
from cleaner.api.rows import document_of
from cleaner.formats.format import Fields
from tests.conftest import PROJECT

RAIN = "It rained all day in the valley, and the ferry did not leave the harbour until the evening."
AD = "Advertisement"
DAMAGED = f"{RAIN}\n\n{AD}\n\nThe cafÃ© was closed.  \n"
CLEAN = f"{RAIN}\n\nThe café was closed.\n"
OWN = {
    "pack": "own",
    "rules": [
        {
            "id": "harbour-news",
            "description": "Name of the column",
            "scope": "line",
            "match": {"literal": ["Harbour news, brought to you by the old mill"]},
            "action": "drop",
            "safety": "safe",
            "examples": {
                "match": ["Harbour news, brought to you by the old mill"],
                "no_match": ["The harbour news is good."],
            },
        }
    ],
}


def test_a_document_has_its_edits_and_its_original() -> None:
    doc = Cleaner().clean(Document("a.txt", DAMAGED))
    assert doc.text == CLEAN == clean_text(DAMAGED)
    assert doc.original() == DAMAGED
    assert doc.kept
    assert {edit.rule.split("/")[0] for edit in doc.edits} == {"encoding", "boilerplate"}


def test_a_document_that_is_all_furniture_is_not_kept() -> None:
    doc = Cleaner.from_config(rules=[OWN]).clean(
        Document("a.txt", "Harbour news, brought to you by the old mill\n")
    )
    assert not doc.kept
    assert Document("a.txt", "").kept


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_stream_has_the_rows_in_their_order_and_shape(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "AT_ONCE", 100)
    rows = [{"n": n, "text": DAMAGED, "url": f"https://a.example/{n}"} for n in range(5)]
    assert list(Cleaner().stream(rows, jobs=jobs)) == [row | {"text": CLEAN} for row in rows]
    assert rows[0]["text"] == DAMAGED


def test_a_stream_of_texts_and_one_of_documents() -> None:
    assert list(Cleaner().stream([DAMAGED, ""])) == [CLEAN, ""]
    [doc] = Cleaner().stream([Document("a.txt", DAMAGED, id=7)])
    assert (doc.text, doc.id, doc.original()) == (CLEAN, 7, DAMAGED)


def test_a_stream_takes_rows_as_it_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "AT_ONCE", 1)
    taken: list[int] = []

    def rows() -> Iterator[str]:
        for number in range(100):
            taken.append(number)
            yield f"{number}  "

    stream = Cleaner.from_config(steps=["encoding"]).stream(rows())
    assert next(stream) == "0"
    assert len(taken) == 1


def test_a_batch_keeps_its_rows_and_its_nulls() -> None:
    batch = {"id": (1, 2, 3), "text": (DAMAGED, None, AD)}
    assert Cleaner().batch(batch) == {"id": [1, 2, 3], "text": [CLEAN, None, ""]}


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ({}, "there is no column 'text': there is none at all"),
        ({"body": ["a"]}, "there is no column 'text': 'body'"),
        (
            {"text": [7]},
            "row 0: a row is a text, a Document, or a mapping with a text in 'text', but there is a int",
        ),
    ],
)
def test_a_batch_that_is_wrong(batch: dict[str, list[object]], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        Cleaner().batch(batch)


@pytest.mark.parametrize("row", [None, 7, {"text": None}, {"body": "a"}, ["a"]])
def test_a_row_without_a_text_is_an_error_that_names_it(row: object) -> None:
    with pytest.raises(CleanerError, match="row 1: a row is a text"):
        list(Cleaner().stream(["a", row]))  # type: ignore[type-var]


def test_a_row_that_cannot_be_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object, doc: Document) -> Document:
        if "no" in doc.text:
            message = "the steps do not reach a fixpoint"
            raise QuarantineError(message)
        return doc

    monkeypatch.setattr("cleaner.pipeline.Pipeline.clean", refuse)
    with pytest.raises(QuarantineError, match="row 1: the steps do not reach a fixpoint"):
        list(Cleaner().stream(["yes", "no"]))
    assert list(Cleaner().stream(["yes", "no"], errors="keep")) == ["yes", "no"]


def test_the_command_line_and_a_program_do_the_same(clean, tmp_path: Path) -> None:
    rows = [
        {"id": number, "text": path.read_bytes().decode("utf-8", "replace")}
        for number, path in enumerate(sorted((PROJECT / "seeds").rglob("*.txt")))
    ]
    source = tmp_path / "rows.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    steps = "encoding,linebreaks,translation"
    assert clean("run", "-q", "--isolated", "--steps", steps, source, tmp_path / "out").code == 0
    written = [json.loads(line) for line in (tmp_path / "out" / "rows.jsonl").read_text().splitlines()]
    assert list(Cleaner.from_config(steps=steps.split(",")).stream(rows)) == written


def test_a_configuration_is_a_path_or_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"steps": ["boilerplate"], "ignore": ["boilerplate/en/*"]}
    path = tmp_path / "clean.yaml"
    path.write_text(json.dumps(content))
    monkeypatch.chdir(tmp_path)
    text = f"{RAIN}\n\n{AD}\n"
    assert Cleaner.from_config(content).clean_text(text) == text
    assert Cleaner.from_config(path).clean_text(text) == text
    assert Cleaner.from_config().clean_text(text) == f"{RAIN}\n"  # the file that lies here is not asked for


def test_what_is_given_beside_a_configuration_wins() -> None:
    settings = Cleaner.from_config(
        {"steps": ["boilerplate"], "profile": "page", "metadata": "keep"},
        steps=["encoding"],
        profile="article",
        metadata="drop",
        text_field="body",
    ).settings
    assert (settings.steps, settings.profile, settings.rules.metadata) == (("encoding",), "article", "drop")
    assert settings.fields.text == "body"


def test_rules_as_values_win_over_those_of_their_name() -> None:
    cleaner = Cleaner.from_config(steps=["boilerplate"], rules=[OWN])
    assert cleaner.clean_text(f"{RAIN}\n\nHarbour news, brought to you by the old mill\n") == f"{RAIN}\n"
    off = Cleaner.from_config({"ignore": ["own/*"]}, steps=["boilerplate"], rules=[OWN])
    assert (
        off.clean_text(f"{RAIN}\n\nHarbour news, brought to you by the old mill\n")
        == f"{RAIN}\n\nHarbour news, brought to you by the old mill\n"
    )


@pytest.mark.parametrize(
    ("config", "rules", "message"),
    [
        ({"profil": "page"}, [], "configuration:1:2: unknown-key"),
        ({"profile": "pages"}, [], "configuration:1:13: bad-value"),
        ({"ignore": ["own/*"]}, [], "configuration:1:13: names-nothing"),
        ({}, [{"pack": "own"}], r"packs\[0\]:1:1: missing-key"),
        ({}, [{"pack": "own", "rules": {1, 2}}], "holds what YAML cannot say"),
        ("no-such-file.yaml", [], "no-such-file.yaml:1:1: unreadable"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_said_at_once(
    config: object, rules: list[object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        Cleaner.from_config(config, rules=rules)  # type: ignore[arg-type]


def test_a_step_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="encodin"):
        Cleaner.from_config(steps=["encodin"])
    with pytest.raises(UsageError, match="jobs has to be 1 or more"):
        list(Cleaner().stream([], jobs=0))


def test_a_cleaner_can_be_sent_and_compared() -> None:
    cleaner = Cleaner.from_config({"profile": "page"}, rules=[OWN])
    assert pickle.loads(pickle.dumps(cleaner)) == cleaner
    assert hash(cleaner) == hash(Cleaner.from_config({"profile": "page"}, rules=[OWN]))
    assert pickle.loads(pickle.dumps(cleaner.batch))({"text": ["a  "]}) == {"text": ["a"]}


def test_the_source_of_a_row_is_that_of_a_record() -> None:
    assert document_of({"text": "a", "url": "https://a.example/b"}, "row 0", Fields()).source == "a.example"


@pytest.mark.parametrize("errors", ["raise", "keep"])
def test_a_row_that_ends_its_worker(errors: cleaning.Errors) -> None:
    settings = Cleaner().settings
    batch = cleaning.Batch(3, ("a", "b"))
    first, second = cleaning._singles(batch)
    assert (first, second) == (cleaning.Batch(3, ("a",)), cleaning.Batch(4, ("b",)))
    if errors == "keep":
        assert cleaning._lost(settings, errors, second) == ["b"]
    else:
        with pytest.raises(QuarantineError, match=r"row 4: .*worker"):
            cleaning._lost(settings, errors, second)
