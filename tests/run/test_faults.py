"""What goes wrong, and what the user then sees: a clear message, the right exit code, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result
from tests.support.corpora import PIECES, trail, tree, write

Clean = Callable[..., Result]
LONG = PIECES[0]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "in", {"a.txt": f"{LONG}\n", "b.jsonl": json.dumps({"text": LONG}) + "\n"})


USAGE = [
    # arguments with {in}, {out} and {tmp}; what the message must contain
    (["run", "{tmp}/nowhere", "{out}"], "nowhere: no such file or folder"),
    (["run", "{in}"], "SRC and OUT are needed"),
    (["run", "{in}", "{in}/out"], "lies inside the source"),
    (["run", "{in}", "{in}"], "lies inside the source"),
    (["run", "{in}/a.txt", "{tmp}"], "lies inside the output"),
    (["run", "{in}", "{in}/a.txt"], "lies inside the source"),
    (["run", "{in}", "-"], "- as OUT needs - as the only SRC"),
    (["run", "{in}", "{out}", "--steps", "dedupe"], "there is no step 'dedupe': encoding, linebreaks"),
    (["run", "{in}", "{out}", "--select", "boilerplat/*"], "no rule is named 'boilerplat/*'"),
    (["run", "{in}", "{out}", "--config", "{tmp}/none.yaml"], "none.yaml:1:1: unreadable"),
    (["run", "{in}", "{out}", "--rules", "{tmp}/none"], "none"),
    (["run", "{in}", "{out}", "--jobs", "0"], "0 is not in the range"),
    (["run", "{in}", "{in}/../in/b.jsonl", "{out}"], "would both be written to b.jsonl"),
    (["verify", "{tmp}/nowhere"], "is not the output of a finished run"),
    (["restore", "{tmp}/nowhere", "{tmp}/back"], "is not the output of a finished run"),
    (["why", "{tmp}/nowhere", "a.txt"], "is not the output of a finished run"),
    (["check", "{tmp}/nowhere"], "no such file or folder"),
    (["frobnicate"], "there is no command 'frobnicate'"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[message for _, message in USAGE])
def test_usage(arguments: list[str], message: str, source: Path, tmp_path: Path, clean: Clean) -> None:
    out = tmp_path / "out"
    before = tree(source)
    result = clean(
        *(
            word.replace("{in}", str(source)).replace("{out}", str(out)).replace("{tmp}", str(tmp_path))
            for word in arguments
        )
    )
    assert (result.code, message in result.err) == (2, True), result
    assert not out.exists()
    assert tree(source) == before


def test_two_inputs_with_one_output(tmp_path: Path, clean: Clean) -> None:
    one, two = (write(tmp_path / name, {"a.txt": LONG}) for name in ("one", "two"))
    result = clean("run", one, two, tmp_path / "out")
    assert result.code == 2
    assert "would both be written to a.txt" in result.err


def test_output_that_exists(source: Path, tmp_path: Path, clean: Clean) -> None:
    out = write(tmp_path / "out", {"mine.txt": "my own notes"})
    result = clean("run", source, out)
    assert result.code == 2
    assert "not empty" in result.err
    assert clean("run", source, out, "--overwrite").code == 2, "what clean did not write it does not replace"
    assert tree(out) == {"mine.txt": b"my own notes"}


def test_overwrite_replaces_what_a_run_wrote_and_nothing_else(
    source: Path, tmp_path: Path, clean: Clean
) -> None:
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    assert clean("run", source, out, "-q").code == 2
    write(out, {"mine.txt": "my own notes"})
    (source / "a.txt").unlink()
    write(source, {"c.txt": PIECES[3]})
    assert clean("run", source, out, "-q", "--overwrite").code == 0
    assert sorted(tree(out, audit=False)) == ["b.jsonl", "c.txt", "mine.txt"]
    write(source, {"mine.txt": LONG})
    result = clean("run", source, out, "-q", "--overwrite")
    assert (result.code, "mine.txt was not written by clean" in result.err) == (2, True)
    assert (out / "mine.txt").read_text() == "my own notes"


def test_rule_file_with_a_syntax_error(source: Path, tmp_path: Path, clean: Clean) -> None:
    rules = write(tmp_path / "rules", {"mine.yaml": "schema: 1\npack: mine\nrules:\n  - id: [x\n"})
    result = clean("run", source, tmp_path / "out", "--rules", rules)
    assert result.code == 2
    assert "mine.yaml:" in result.err
    assert not (tmp_path / "out").exists()


def test_configuration_with_an_unknown_key(source: Path, tmp_path: Path, clean: Clean) -> None:
    config = write(tmp_path, {"clean.yaml": "profil: page\n"}) / "clean.yaml"
    result = clean("run", source, tmp_path / "out", "--config", config)
    assert result.code == 2
    assert "clean.yaml:1:1: unknown-key: unknown key 'profil' (did you mean 'profile'?)" in result.err


def test_not_text(tmp_path: Path, clean: Clean) -> None:
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8
    source = write(tmp_path / "in", {"a.txt": LONG, "picture.txt": picture, "other.bin": b"\0"})
    result = clean("run", source, tmp_path / "out")
    assert result.code == 3
    assert "quarantined: 1" in result.out
    assert "skipped: 1" in result.out
    line = trail(tmp_path / "out", "quarantine")[0]
    assert (line["path"], line["byte_start"], line["byte_end"]) == ("picture.txt", 0, len(picture))
    assert clean("verify", tmp_path / "out").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back").code == 0
    assert (tmp_path / "back" / "picture.txt").read_bytes() == picture


def test_empty_inputs(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.txt": "", "b.jsonl": "", "c.jsonl": "\n\n"})
    assert clean("run", source, tmp_path / "out").code == 0
    assert tree(tmp_path / "out", audit=False) == {"a.txt": b"", "b.jsonl": b"", "c.jsonl": b"\n\n"}
    assert clean("verify", tmp_path / "out").code == 0
    (tmp_path / "nothing").mkdir()
    assert clean("run", tmp_path / "nothing", tmp_path / "out2").code == 0
    assert trail(tmp_path / "out2", "documents") == []


RECORDS = [
    (b"not json", "not JSON"),
    (b"[1]", "JSON but not an object"),
    (b'{"id": 1}', "no field 'text'"),
    (b'{"text": 7}', "not text but 7"),
    (b'{"text": "cut', "not JSON"),
    (b'{"text": "a", "n": nan}', "not JSON"),
    (b"[" * 100_000, "not JSON"),
]


@pytest.mark.parametrize(("record", "reason"), RECORDS, ids=[reason for _, reason in RECORDS])
def test_bad_record(record: bytes, reason: str, tmp_path: Path, clean: Clean) -> None:
    good = json.dumps({"text": LONG}).encode()
    source = write(
        tmp_path / "in", {"a.jsonl": good + b"\n" + record + b"\n" + good.replace(b"council", b"circle")}
    )
    assert clean("run", source, tmp_path / "out", "-q").code == 3
    line = trail(tmp_path / "out", "quarantine")[0]
    assert reason in line["reason"]
    assert line["doc"] == "a.jsonl:2"
    assert (tmp_path / "out" / "a.jsonl").read_bytes().startswith(good + b"\n")
    assert clean("verify", tmp_path / "out").code == 0


def test_file_that_cannot_be_read(
    source: Path, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.txt" and path.parent == source:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = clean("run", source, tmp_path / "out", "-q")
    assert result.code == 3
    assert "cannot be read: Permission denied" in trail(tmp_path / "out", "quarantine")[0]["reason"]
    assert (tmp_path / "out" / "b.jsonl").exists()


def test_a_bug_in_a_step_costs_one_document(
    source: Path, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleaner.steps import Context, encoding

    real = encoding.find

    def broken(text: str, context: Context) -> object:
        if getattr(context, "key", "") == "a.txt":
            raise ZeroDivisionError
        return real(text, context)

    monkeypatch.setattr(encoding, "find", broken)
    assert clean("run", source, tmp_path / "out", "-q").code == 3
    line = trail(tmp_path / "out", "quarantine")[0]
    assert line["doc"] == "a.txt"
    assert line["reason"].startswith("internal error: ZeroDivisionError")
    assert clean("verify", tmp_path / "out").code == 0


def test_verify_notices_every_kind_of_change(source: Path, tmp_path: Path, clean: Clean) -> None:
    write(source, {"c.txt": f"{LONG}  \n\nAdvertisement\n\n{LONG}\n"})
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    files = [
        path for path in out.rglob("*") if path.is_file() and path.name not in ("timings.json", "report.html")
    ]
    for path in files:
        data = path.read_bytes()
        if path.name == "run.json" or not data:
            continue
        path.write_bytes(data[:-3] + b"x" + data[-2:])
        result = clean("verify", out)
        assert result.code == 1, path
        assert path.name in result.out, result
        path.unlink()
        assert clean("verify", out).code == 1, path
        path.write_bytes(data)
    assert clean("verify", out).code == 0


GREEDY = """
schema: 1
pack: greedy
rules:
  - id: number
    description: Drops far too much
    scope: line
    match: {contains: "number"}
    guard: {max_words: 9}
    action: drop
    examples: {match: ["line number 3"], no_match: ["line 3"]}
"""


def test_limit_withholds_the_corpus(tmp_path: Path, clean: Clean) -> None:
    text = "".join(f"Another story of the valley, number {k}.\n" for k in range(9))
    documents: dict[str, str | bytes] = {
        f"{k:02}.txt": f"{LONG} It was the {k}th time.\n{text}" for k in range(20)
    }
    source = write(tmp_path / "in", documents)
    options = ("-q", "--steps", "boilerplate", "--rules", write(tmp_path / "rules", {"greedy.yaml": GREEDY}))
    out = tmp_path / "out"
    result = clean("run", source, out, *options)
    assert result.code == 4
    assert "the corpus was not published" in result.err
    assert "greedy/number (180)" in result.err
    assert tree(out, audit=False) == {}
    assert not (out / "_clean" / "run.json").exists()
    assert clean("run", source, out, *options, "--no-limits", "--resume").code == 0
    assert len(tree(out, audit=False)) == 20
    del documents["19.txt"]
    few = write(tmp_path / "few", documents)
    assert clean("run", few, tmp_path / "out2", *options).code == 0


def test_exceptions_apply_and_unused_ones_are_reported(tmp_path: Path, clean: Clean) -> None:
    source = write(
        tmp_path / "in", {"a.txt": f"{LONG}\n\nAdvertisement\n", "b.txt": "Advertisement\n\nFine."}
    )
    config = """
exceptions:
  - {rule: "boilerplate/*", document: "a.*", text: Advert}
  - {rule: "boilerplate/*", document: "nowhere.txt"}
"""
    path = write(tmp_path, {"clean.yaml": config}) / "clean.yaml"
    result = clean("run", source, tmp_path / "out", "--config", path)
    assert result.code == 0
    assert "Advertisement" in (tmp_path / "out" / "a.txt").read_text()
    assert (tmp_path / "out" / "b.txt").read_text() == "Fine."
    assert "clean.yaml:4: the exception for boilerplate/* never applied" in result.err
    assert "clean.yaml:3" not in result.err


def test_an_exception_keeps_a_duplicate_and_nothing_says_that_it_went(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{LONG}\n\n{LONG}\n", "b.txt": f"{LONG}\n"})
    config = (
        write(tmp_path, {"clean.yaml": 'exceptions:\n  - {rule: "dedup/*", document: "b.*"}\n'})
        / "clean.yaml"
    )
    assert clean("run", source, tmp_path / "out", "-q", "--config", config).code == 0
    assert (tmp_path / "out" / "b.txt").read_text() == f"{LONG}\n"
    assert (tmp_path / "out" / "a.txt").read_text() == f"{LONG}\n"
    assert [line["doc"] for line in trail(tmp_path / "out", "duplicates")] == ["a.txt"]


STEPWISE = """
schema: 1
pack: slow
rules:
  - id: doubled
    description: Backtracks without end
    scope: line
    engine: backtrack
    match: {regex: '^(a+)+\\1$'}
    action: drop
    examples: {match: ["aa"], no_match: ["ab"]}
"""


def test_a_limit_of_backtracking_quarantines_the_document(tmp_path: Path, clean: Clean) -> None:
    rules = write(tmp_path / "rules", {"slow.yaml": STEPWISE})
    source = write(tmp_path / "in", {"a.txt": "a" * 5000 + "b\n", "b.txt": f"{LONG}\n"})
    assert clean("run", source, tmp_path / "out", "-q", "--rules", rules).code == 3
    line = trail(tmp_path / "out", "quarantine")[0]
    assert line["doc"] == "a.txt"
    assert "slow/doubled" in line["reason"]
    assert (tmp_path / "out" / "b.txt").exists()
    assert clean("verify", tmp_path / "out").code == 0


def test_documents_that_keep_too_little_are_set_aside(tmp_path: Path, clean: Clean) -> None:
    records = [{"id": 1, "text": LONG}, {"id": 2, "text": "Advertisement\n\nToo short.\n"}]
    source = write(
        tmp_path / "in",
        {"a.jsonl": "".join(json.dumps(r) + "\n" for r in records), "d/b.txt": "A word or two."},
    )
    config = write(tmp_path, {"clean.yaml": "limits:\n  min_words: 5\n"}) / "clean.yaml"
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "--config", config).code == 0
    assert tree(out, audit=False) == {"a.jsonl": json.dumps(records[0]).encode() + b"\n"}
    assert (out / "_clean/aside/a.jsonl/2.txt").read_text() == "Too short.\n"
    assert (out / "_clean/aside/d/b.txt").read_text() == "A word or two."
    assert clean("verify", out).code == 0
    assert clean("restore", out, tmp_path / "back").code == 0
    assert tree(tmp_path / "back") == tree(source)
    path = write(tmp_path, {"drop.yaml": "limits: {min_words: 5, beyond: drop}\n"}) / "drop.yaml"
    dropped = tmp_path / "dropped"
    assert clean("run", source, dropped, "-q", "--config", path).code == 0
    assert tree(dropped, audit=False) == tree(out, audit=False)
    assert not (dropped / "_clean/aside").exists()
    assert clean("restore", dropped, tmp_path / "back again").code == 0
    assert tree(tmp_path / "back again") == tree(source)


def test_check_and_diff_write_nothing(
    source: Path, clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert clean("check", source / "a.txt").code == 0
    assert clean("diff", source / "a.txt") == Result(0, "", "")
    write(source, {"c.txt": f"{LONG}\n\nAdvertisement\x1b[31m\n\nAdvertisement\n"})
    before = tree(tmp_path)
    result = clean("check", source)
    assert result.code == 1
    assert "c.txt:5:1 boilerplate/" in result.out
    assert "\x1b" not in result.out
    result = clean("diff", source)
    assert result.code == 1
    assert "--- a/c.txt\n+++ b/c.txt\n" in result.out
    assert "-Advertisement\n" in result.out
    assert "\x1b" not in result.out
    assert tree(tmp_path) == before


def test_dry_run_writes_nothing(source: Path, tmp_path: Path, clean: Clean) -> None:
    result = clean("run", source, tmp_path / "out", "--dry-run")
    assert result.code == 0
    assert "documents" in result.out
    assert not (tmp_path / "out").exists()


def test_why(tmp_path: Path, clean: Clean) -> None:
    records = [{"text": f"{LONG}\n\nAdvertisement\n"}, {"text": f"Another start.\n\n{LONG}"}]
    source = write(tmp_path / "in", {"a.jsonl": "".join(json.dumps(r) + "\n" for r in records)})
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    assert "boilerplate/" in clean("why", out, "a.jsonl:1:3").out
    assert "nothing was changed" in clean("why", out, "a.jsonl:1:1").out
    assert "duplicate of a.jsonl:1 (similarity 1.000)" in clean("why", out, "a.jsonl:2:3").out
    assert "kept; language en" in clean("why", out, "a.jsonl:2").out
    assert "no such document" in clean("why", out, "b.txt").err
    assert "there is no line 9" in clean("why", out, "a.jsonl:1:9").err


def test_stream(clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    lines = [json.dumps({"id": 1, "text": f"{LONG}\n\n{LONG}\n"}), "broken", json.dumps({"text": "Fine."})]
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    result = clean("run", "-", "-")
    assert result.code == 3
    assert [json.loads(line)["text"] for line in result.out.splitlines()] == [f"{LONG}\n", "Fine."]
    assert "line 2: not JSON" in result.err


def test_help_is_fast_and_complete(clean: Clean) -> None:
    import subprocess
    import sys

    import click

    from cleaner.cli import clean as group

    result = clean("--help")
    assert all(name in result.out for name in group.list_commands(click.Context(group)))
    code = "import sys, cleaner.cli; cleaner.cli.clean.get_command(None, 'run'); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {
        "numpy",
        "numba",
        "ftfy",
        "langdetect",
        "pydantic",
        "ruamel",
        "datasketch",
        "rich",
        "re2",
        "pcre2",
    }
    assert not heavy & set(modules)


def test_a_run_on_one_small_file_loads_nothing_that_it_has_no_use_for(tmp_path):
    (tmp_path / "a.txt").write_text("Two boats left at dawn.\n\nThe third stayed in the harbour.\n", "utf-8")
    code = f"""
import sys
sys.argv = ["clean", "run", {str(tmp_path / "a.txt")!r}, {str(tmp_path / "out")!r}, "-q"]
from cleaner.cli import main
main()
print(*sys.modules)
"""
    for _ in range(2):  # the first one may have to read the rules
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        shutil.rmtree(tmp_path / "out")
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "cleaner" in loaded
    unused = {
        "numba",
        "scipy",
        "pyarrow",
        "pydantic",
        "ruamel",
        "datasketch",
        "langdetect",
        "rich",
        "trafilatura",
    }
    assert not unused & loaded
