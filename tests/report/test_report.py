"""The report: what it says, that it is one page which needs nothing else, and that no text can harm it."""

from __future__ import annotations

import hashlib
import re
import shutil
from base64 import b64encode
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.audit.rebuild import open_run
from cleaner.audit.records import EditLine
from cleaner.pipeline import rule_book
from cleaner.report import write_report
from cleaner.report.collected import HITS, SHOWN_DOCUMENTS
from cleaner.report.page import policy
from cleaner.report.texts.changes import changes, excerpt
from cleaner.report.texts.marks import after, before, changed, differences, inline, visible
from cleaner.report.texts.sides import abridged, folded, side_by_side
from cleaner.report.views import Sources
from cleaner.settings import RuleSources
from tests.conftest import PROJECT
from tests.support.corpora import SENTENCES, tree, write

Clean = Callable[..., Any]
ALLOWED = re.compile(
    "class|id|lang|charset|http-equiv|content|name|href|aria-label|aria-labelledby|aria-hidden|viewbox|"
    "preserveaspectratio|width|height|x|y|role|dir|tabindex|scope|open|colspan|title|type|hidden|placeholder|value|"
    "action|method|rel|data-(?:v|text|family|kind|filter|select|shown|pages)"
)


LINK = re.compile(r"[#.]|(?:documents|document|clusters|hits)(?:\?|\Z)")
"""What addresses on a served page may begin with."""


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, the text, and the text inside each element."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.inside: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "input", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self._open and self._open.pop() == tag, f"{tag} closes what is not open"

    def handle_data(self, data: str) -> None:
        if self._open[-1:] not in (["style"], ["script"]):
            self.parts.append(data)
            self.inside.setdefault(self._open[-1] if self._open else "", []).append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parts))


def report(clean: Clean, folder: Path, out: Path, *options: object) -> str:
    assert clean("run", folder, out, "-q", *options).code in (0, 3)
    return write_report(open_run(out)).read_text("utf-8")


# ---------------------------------------------------------------- what it says


def test_it_says_what_the_run_did(seeds: Path) -> None:
    sources = Sources(rule_book(RuleSources(isolated=True)), known=True)
    source = write_report(open_run(seeds), sources=sources).read_text("utf-8")
    page, counts = Page(source), open_run(seeds).run["counts"]
    for rule in (*counts["edits"], *counts["flags"]):
        assert rule in page.inside["span"], rule
    for name in ("chars_in", "chars_out", "passages_in", "passages_out"):
        assert f"{counts[name]:,}".replace(",", "\u202f") in source, name
    assert {"ü", "’"} & set(page.inside["ins"]), "no repaired character is shown"
    assert any("Read also" in text for text in page.inside["del"])
    assert "similarity 0.800, differs in: other" in page.text
    assert "98.1 %" in page.text, "no measured precision is shown"
    assert "rules for these languages never matched" in page.text
    assert "Nothing is in quarantine" in page.text
    assert "No file was skipped" in page.text


def test_differences_of_a_near_duplicate_are_marked(seeds: Path) -> None:
    page = Page(write_report(open_run(seeds)).read_text("utf-8"))
    assert "winter" in page.inside["del"]
    assert "month" in page.inside["ins"]


def test_an_excerpt_marks_every_edit_in_it(seeds: Path) -> None:
    source = write_report(open_run(seeds)).read_text("utf-8")
    shots = re.findall(r'<div class="shot">.*?<p [^>]*>(.*?)</p>', source, re.DOTALL)
    shown = {shot for shot in shots if "•" in shot}
    assert any(shot.count("<del>") for shot in shown)
    for shot in shown:
        assert 'class="hit"' in shot
        kept = re.sub(r"<del.*?</del>", "", shot, flags=re.DOTALL)
        assert "•" not in kept, "the links beside it were removed as well"


def test_times_and_candidates_are_on_the_page_of_the_command_alone(tmp_path: Path, clean: Clean) -> None:
    lines = ("Ring the harbour bell twice", "Ring the harbour bell once", "Ring the harbour bell again")
    files: dict[str, str | bytes] = {
        f"{k}.txt": f"{SENTENCES[k]} {SENTENCES[k + 1]}\n\n{SENTENCES[k]}\n\n{line}\n"
        for k, line in enumerate(lines)
    }
    by_run = Page(report(clean, write(tmp_path / "in", files), tmp_path / "out"))
    assert "Time by stage" not in by_run.text
    assert clean("report", tmp_path / "out").code == 0
    page = Page((tmp_path / "out" / "_clean" / "report.html").read_text("utf-8"))
    assert "Time by stage" in page.text and "prepare" in page.inside["th"]
    assert any("pack: suggested" in text and "harbour bell" in text for text in page.inside["code"])


def test_the_rules_are_those_of_the_run(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "in", {"a.txt": f"{SENTENCES[0]}\n\nMoored until spring\n"})
    pack = "schema: 1\npack: own\nrules:\n  - {id: moored, description: A note on the moorings, scope: line, "
    pack += "match: {prefix: Moored until}, action: drop, examples: {match: Moored until May, no_match: It moored}}\n"
    pack += (
        "  - {id: never, description: A line that is nowhere, scope: line, match: {prefix: Nowhere at all}, "
    )
    pack += "action: drop, examples: {match: Nowhere at all, no_match: It is nowhere}}\n"
    write(tmp_path, {"packs/own.yaml": pack, "clean.yaml": "ignore: [translation/*]\n"})
    monkeypatch.chdir(tmp_path)
    assert clean("run", folder, tmp_path / "out", "-q", "--rules", "packs").code == 0
    page = Page((tmp_path / "out" / "_clean" / "report.html").read_text("utf-8"))
    assert "A note on the moorings" in page.inside["span"]
    assert "own/never" in page.inside["span"]
    assert clean("report", tmp_path / "out").code == 0  # which does not know of packs
    page = Page((tmp_path / "out" / "_clean" / "report.html").read_text("utf-8"))
    assert "only these are known here" in page.text and "own/never" not in page.inside["span"]


def test_comparison_says_which_rules_and_documents_changed(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {
        name: f"{SENTENCES[0]} {name}\n\nRead also:\n• The ferry that never came: five photographs\n"
        for name in ("a.txt", "b.txt")
    }
    files["c.txt"] = "Share this article\n\n" + SENTENCES[1]
    folder = write(tmp_path / "in", files)
    assert (
        clean("run", folder, tmp_path / "old", "-q", "--ignore", "boilerplate/en/related-section").code == 0
    )
    (folder / "b.txt").unlink()
    write(folder, {"d.txt": SENTENCES[2]})
    assert clean("run", folder, tmp_path / "new", "-q").code == 0
    assert clean("report", tmp_path / "new", "--compare", tmp_path / "old").code == 0
    page = Page((tmp_path / "new" / "_clean" / "report.html").read_text("utf-8"))
    assert "Compared with old" in page.text
    assert "1 document came out otherwise, 1 the same; 1 document is new, 1 is no more there." in page.text
    assert "boilerplate/en/related-section +2" in page.text
    assert "ignoreboilerplate/en/related-sectionnone" in page.text
    assert clean("report", tmp_path / "new", "--compare", tmp_path / "in").code == 2


def test_command_prints_the_path(seeds: Path, clean: Clean) -> None:
    result = clean("report", seeds)
    assert result.code == 0
    assert result.out.strip() == str(seeds / "_clean" / "report.html")


def test_quarantine_skipped_and_emptied_are_listed(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {
        "a.txt": SENTENCES[0] + "\n",
        "b.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "c.txt": "Read also: Five more bridges\n",
        "d.bin": b"\0",
    }
    text = Page(report(clean, write(tmp_path / "in", files), tmp_path / "out")).text
    assert "b.txt" in text and "PNG image" in text
    assert "1 file was skipped" in text and "d.bin" in text
    assert "Of 1 document cleaning left no text" in text and "c.txt" in text


def test_documents_set_aside_are_listed_with_their_reason(tmp_path: Path, clean: Clean) -> None:
    config = write(tmp_path, {"clean.yaml": "limits:\n  min_words: 5\n"}) / "clean.yaml"
    folder = write(tmp_path / "in", {"a.txt": SENTENCES[0] + "\n", "b.txt": "Too short.\n"})
    text = Page(report(clean, folder, tmp_path / "out", "--config", config)).text
    assert "1 document is over a limit of the configuration" in text
    assert "b.txt" in text and "2 words are left, fewer than 5" in text
    assert "cleaning left no text" not in text


def test_nothing_to_say(tmp_path: Path, clean: Clean) -> None:
    (tmp_path / "in").mkdir()
    text = Page(report(clean, tmp_path / "in", tmp_path / "out")).text
    for sentence in ("No rule changed anything", "Nothing was flagged.", "No document was changed."):
        assert sentence in text


def test_outputs_that_are_gone_cost_the_context_only(seeds: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(seeds, out)
    for path in out.glob("en/*.txt"):
        path.unlink()
    page = Page(write_report(open_run(out)).read_text("utf-8"))
    assert any("Read also" in text for text in page.inside["del"])


# ---------------------------------------------------------------- one page, the same page


def test_same_run_same_bytes(seeds: Path, tmp_path: Path) -> None:
    first = write_report(open_run(seeds)).read_bytes()
    assert write_report(open_run(seeds)).read_bytes() == first
    elsewhere = tmp_path / "another place"
    shutil.copytree(seeds, elsewhere)
    assert write_report(open_run(elsewhere)).read_bytes() == first
    assert str(seeds).encode() not in first
    assert str(PROJECT).encode() not in first


def test_only_the_report_is_written(seeds: Path) -> None:
    before_it = {name: data for name, data in tree(seeds).items() if not name.endswith("report.html")}
    write_report(open_run(seeds))
    assert {name: data for name, data in tree(seeds).items() if not name.endswith("report.html")} == before_it


def test_policy_allows_its_own_style_sheet_alone(seeds: Path) -> None:
    source = write_report(open_run(seeds)).read_text("utf-8")
    style = source.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    script = source.partition("<script>")[2].partition("</script>")[0]
    assert policy(style, script).startswith(
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'sha256-"
    )
    assert f'content="{policy(style, script)}"'.replace("'", "&#39;") in source
    assert "unsafe" not in policy(style, script)
    assert source.index("Content-Security-Policy") < source.index("<style>")


def assert_harmless(source: str, *, served: bool = False) -> Page:
    page = Page(source)
    assert [tag for tag, _ in page.elements].count("script") == 1
    for tag, attributes in page.elements:
        assert tag not in ("img", "iframe", "link", "object", "base"), tag
        assert served or tag != "form"
        assert all(map(ALLOWED.fullmatch, attributes)), (tag, attributes)
        assert (
            LINK.match(attributes.get("href") or "#") if served else (attributes.get("href") or "#")[0] == "#"
        )
    bad = [
        ch for ch in source if ch in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\x7f"
    ]
    assert not bad
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x80-\x9f]", source)
    assert not re.search(r"https?://|url\(|@import", source.replace("http-equiv", ""))
    return page


def test_page_is_self_contained_and_well_formed(seeds: Path) -> None:
    page = assert_harmless(write_report(open_run(seeds)).read_text("utf-8"))
    anchors = {attributes.get("id") for _, attributes in page.elements}
    for tag, attributes in page.elements:
        if tag == "a":
            assert (attributes["href"] or "")[1:] in anchors
    assert [tag for tag, _ in page.elements].count("h1") == 1


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</p></main><style>*{display:none}</style>",
    "{{ 7 * 7 }} {% raw %}",
    "<!-- --><base href=x>",
    "user\u202egpj.exe",
    "zero\u200bwidth\ufeff",
    "nul\0and\x1b[31mescape",
    "lone \ud800 surrogate",
    "mark" + "\u0301" * 500,
    "]]><svg onload=alert(1)>",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
)


def test_hostile_text_is_shown_not_obeyed(tmp_path: Path, clean: Clean) -> None:
    files: dict[str, str | bytes] = {}
    for number, text in enumerate(HOSTILE):
        body = f"{SENTENCES[number % 4]}\n\nWord {number}: {text}  \n\nRead also:\n\n• {number}: {text}\n"
        files[f"{number:02d}.txt"] = body.encode("utf-8", "surrogatepass")
    for name in ("<b>&amp;.txt", "x\u202etxt.txt"):
        files[name] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    files["<i>.bin"] = b""
    page = assert_harmless(report(clean, write(tmp_path / "in", files), tmp_path / "out"))
    for name in ("<b>&amp;.txt", "x⟨U+202E⟩txt.txt", "<i>.bin"):
        assert name in page.text, "names are shown as they are"
    for number, text in enumerate(HOSTILE):
        assert re.search(f"{number}: {re.escape(visible(text))}", page.text), text
    assert "49" not in page.inside["p"]


# ---------------------------------------------------------------- size


def test_size_is_bounded(tmp_path: Path, clean: Clean) -> None:
    def document(number: int) -> str:
        lines = [
            f"Line {number} {k} of a text that is about nothing in particular, and ends here.  "
            for k in range(60)
        ]
        return "\n\n".join([*lines, "Read also:", *(f"• Story {number} {k}" for k in range(20))]) + "\n"

    sizes = []
    for count in (15, 60):
        files: dict[str, str | bytes] = {f"{number:03d}.txt": document(number) for number in range(count)}
        folder, out = write(tmp_path / f"in{count}", files), tmp_path / f"out{count}"
        source = report(clean, folder, out, "--no-limits", "--steps", "encoding,boilerplate")
        sizes.append(len(source))
        rule = source.partition("encoding/trailing-space</span>")[2].partition("</tbody>")[0]
        assert 0 < rule.count('class="shot"') <= HITS
        assert source.count('class="card doc"') == SHOWN_DOCUMENTS
    assert sizes[1] < sizes[0] * 1.15


def test_a_page_that_would_be_too_large_shows_less(seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write_report(open_run(seeds)).stat().st_size
    monkeypatch.setattr("cleaner.report.MOST_BYTES", whole * 2 // 3)
    assert write_report(open_run(seeds)).stat().st_size <= whole * 2 // 3


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – „Text“ з літерами", "plain – „Text“ з літерами"),
        ("می\u200cخواهم 👩\u200d🚒", "می\u200cخواهم 👩\u200d🚒"),  # joiners belong to these scripts
        ("a\r\nb\tc", "a␍\nb\tc"),
        ("\x00\x1b\x7f\x85", "␀␛␡⟨U+0085⟩"),
        ("\u202eabc\u2066", "⟨U+202E⟩abc⟨U+2066⟩"),
        ("soft\xadhyphen", "soft⟨U+00AD⟩hyphen"),
        ("\ud83d", "⟨U+D83D⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_visible_text_can_be_written_and_is_stable(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert visible(shown) == shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", changed(text))


@given(st.text(alphabet="ab \n", max_size=60), st.integers(0, 60), st.integers(1, 30))
def test_context_is_text_beside_the_place(text: str, at: int, width: int) -> None:
    at = min(at, len(text))
    lead, rest = before(text, at, width), after(text, at, width)
    assert text[:at].endswith(lead.removeprefix("… "))
    assert text[at:].startswith(rest.removesuffix(" …"))
    assert len(lead) <= width + 2 and len(rest) <= width + 2


@given(st.text(alphabet="ab c.", max_size=40), st.text(alphabet="ab c.", max_size=40))
def test_differences_cover_both_texts(old: str, new: str) -> None:
    left, right = differences(old, new)
    for pieces, text in ((left, old), (right, new)):
        assert "".join(piece.text for piece in pieces).replace("·", " ") == text
    same = ["".join(piece.text for piece in side if piece.kind == "same") for side in (left, right)]
    assert same[0] == same[1]
    both = inline(old, new)
    for kind, text in (("ins", old), ("del", new)):
        assert "".join(piece.text for piece in both if piece.kind != kind).replace("·", " ") == text


def edit_line(start: int, old: str, new: str) -> EditLine:
    end = start + len(old)
    return {
        "doc": "a.txt",
        "step": "t",
        "rule": "t/x",
        "start": start,
        "end": end,
        "old": old,
        "new": new,
        "source_start": start,
        "source_end": end,
        "revision": 0,
        "note": "",
    }


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.text("xy", max_size=3)), max_size=6))
def test_changes_turn_source_into_final(steps: list[tuple[int, int, str]]) -> None:
    source, final, at, shift = "abc\ndefgh" * 6, "", 0, 0
    edits: list[EditLine] = []
    for skip, length, new in steps:
        start = at + skip
        final += source[at:start] + new
        old = source[start : start + length]
        edits.append(edit_line(start, old, new))
        at, shift = start + length, shift + len(new) - length
    final += source[at:]
    rebuilt, last = "", 0
    found = changes(source, final, edits)
    for change in found:
        rebuilt += source[last : change.start] + final[change.final_start : change.final_end]
        last = change.end
    assert rebuilt + source[last:] == final
    for line in edits:
        excerpt(source, final, found, line["source_start"], line["source_end"])
    rows = side_by_side(source, final, edits, [])
    assert sum(len(fold.rows) for fold in folded(rows)) == len(rows)
    shown, lost = abridged(rows, 0)
    assert not shown and lost == sum(not row.same for row in rows)


def test_edits_that_do_not_fit_are_one_change() -> None:
    found = changes("abc", "xyz", [edit_line(1, "b", "")])
    assert [(change.start, change.end) for change in found] == [(0, 3)]
