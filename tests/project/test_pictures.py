"""Pictures of the documentation: they ask for nothing of other hosts."""

from __future__ import annotations

import re

from tests.conftest import PROJECT


def test_the_terminal_is_drawn_with_fonts_of_the_reader() -> None:
    picture = (PROJECT / "docs" / "images" / "terminal.svg").read_text("utf-8")
    assert re.findall(r"(?:url\(|href=|src=)[\"']?(?!#|[\"']?#)\S+", picture.replace("url(#", "")) == []
    assert "clean&#160;run&#160;seeds/" in picture
