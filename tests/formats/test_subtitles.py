"""Subtitles: times and cues are kept, the encoding of their text is repaired, nothing is joined or removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.corpora import tree, write

SRT = """1
00:00:01,000 --> 00:00:04,000
It is a long way
to the harbour of

2
00:00:05,000 --> 00:00:08,000
Osk, said the keeper.
Share

3
00:00:09,000 --> 00:00:12,000
Read also: Five more bridges
"""
VTT = """WEBVTT

NOTE made by hand

STYLE
::cue { color: red }

intro
00:01.000 --> 00:04.000 align:start
<v Aase>It is a long
way to the

00:05.000 --> 00:06.000
- harbour
- Share
"""
BROKEN = SRT.replace("It is", "Itâ€™s").replace("keeper.", "keeper.  ").replace("\n", "\r\n")
OPTIONS = ("-q", "--isolated", "--jobs", 1, "--steps", "encoding,linebreaks,boilerplate,translation")
MENDED = SRT.replace("It is", "It’s")


def test_there_and_back(tmp_path: Path, clean: Callable[..., Any]) -> None:
    files: dict[str, str | bytes] = {
        "a.srt": SRT,
        "b.vtt": VTT,
        "c.srt": BROKEN,
        "d.srt": BROKEN.encode("utf-8-sig"),
        "e.srt": "",
    }
    source = write(tmp_path / "in", files)
    assert clean("run", source, tmp_path / "out", *OPTIONS).code == 0
    out = {name: data.decode() for name, data in tree(tmp_path / "out", audit=False).items()}
    assert out == {"a.srt": SRT, "b.vtt": VTT, "c.srt": MENDED, "d.srt": MENDED, "e.srt": ""}
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)
    assert "encoding" in clean("why", tmp_path / "out", "c.srt:3").out
