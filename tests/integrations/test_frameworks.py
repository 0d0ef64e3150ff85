"""Frameworks for corpora, search and learning: each real library cleans the same texts as `clean run`."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from cleaner import Cleaner
from tests.integrations.cases import TEXTS, cleaned

pytestmark = pytest.mark.filterwarnings("default")
GARBAGE = "Advertisement"


def test_datatrove(clean, tmp_path: Path) -> None:
    data = pytest.importorskip("datatrove.data")
    from cleaner.integrations.datatrove import CleanFormatter

    troves = [data.Document(text=text, id=str(n), metadata={}) for n, text in enumerate([*TEXTS, GARBAGE])]
    step = CleanFormatter(trail="clean")
    made = list(step.run(iter(troves)))
    assert [trove.text for trove in made] == cleaned(clean, tmp_path)
    assert json.loads(made[0].metadata["clean"])["edits"][0][0].startswith(("encoding/", "boilerplate/"))
    assert "clean" not in made[3].metadata
    assert step.stats["dropped"].total == 1
    assert pickle.loads(pickle.dumps(step)).cleaner == step.cleaner


def test_scikit_learn(clean, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.pipeline import make_pipeline

    from cleaner.integrations.sklearn import TextCleaner

    assert TextCleaner().transform(TEXTS) == cleaned(clean, tmp_path)
    pipeline = make_pipeline(TextCleaner(steps=["boilerplate"]), CountVectorizer())
    words = clone(pipeline).fit(TEXTS).named_steps["countvectorizer"].vocabulary_
    assert "ferry" in words
    assert "advertisement" not in words


def test_spacy(clean, tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    from cleaner.integrations.spacy import TRAIL, CleanTokenizer

    nlp = spacy.blank("en")
    nlp.tokenizer = CleanTokenizer(nlp.tokenizer)
    docs = list(nlp.pipe(TEXTS))
    assert [doc.text for doc in docs] == cleaned(clean, tmp_path)
    assert json.loads(docs[0].user_data[TRAIL])["edits"]


def test_langchain(clean, tmp_path: Path) -> None:
    documents = pytest.importorskip("langchain_core.documents")
    from cleaner.integrations.langchain import CleanTransformer

    given = [
        documents.Document(page_content=text, metadata={"n": n}) for n, text in enumerate([*TEXTS, GARBAGE])
    ]
    made = CleanTransformer(trail="clean").transform_documents(given)
    assert [one.page_content for one in made] == cleaned(clean, tmp_path)
    assert [one.metadata["n"] for one in made] == [0, 1, 2, 3, 4]
    assert json.loads(made[0].metadata["clean"])["edits"]
    assert given[0].page_content == TEXTS[0]
    assert "clean" not in given[0].metadata


def test_llama_index(clean, tmp_path: Path) -> None:
    schema = pytest.importorskip("llama_index.core.schema")
    from llama_index.core.ingestion import IngestionPipeline

    from cleaner.integrations.llama_index import CleanComponent

    nodes = [schema.TextNode(text=text, id_=str(n)) for n, text in enumerate([*TEXTS, GARBAGE])]
    made = CleanComponent(trail="clean")(nodes)
    assert [node.get_content() for node in made] == cleaned(clean, tmp_path)
    assert [node.node_id for node in made] == ["0", "1", "2", "3", "4"]
    assert nodes[0].get_content() == TEXTS[0]
    documents = [schema.Document(text=text) for text in TEXTS]
    piped = IngestionPipeline(transformations=[CleanComponent()], disable_cache=True).run(documents=documents)
    assert [node.get_content() for node in piped] == [node.get_content() for node in made]


def test_duckdb(clean, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    base = duckdb.connect()
    base.create_function("clean_text", Cleaner().clean_text, ["VARCHAR"], "VARCHAR")
    base.execute("CREATE TABLE pages (n INTEGER, text VARCHAR)")
    base.executemany("INSERT INTO pages VALUES (?, ?)", [*enumerate(TEXTS), (5, None)])
    rows = base.execute("SELECT clean_text(text) FROM pages ORDER BY n").fetchall()
    assert [text for (text,) in rows] == [*cleaned(clean, tmp_path), None]


def test_a_plain_callable(clean, tmp_path: Path) -> None:
    """What NeMo Curator's `Modify` and others take is a function from text to text."""
    assert list(map(Cleaner().clean_text, TEXTS)) == cleaned(clean, tmp_path)
