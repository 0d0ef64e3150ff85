"""JSON Lines in, JSON Lines out, a record at a time: each document is cleaned on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.errors import QuarantineError
from cleaner.formats import jsonl
from cleaner.model import Document
from cleaner.pipeline import Cleaner
from cleaner.run.publish import is_kept
from cleaner.settings import Settings


def clean_lines(lines: Iterable[bytes], settings: Settings) -> Iterator[tuple[bytes, str]]:
    r"""Clean records; yield for each line what to write (may be nothing) and what was wrong with it.

    >>> settings = Settings(steps=("encoding",))
    >>> list(clean_lines([b'{"text": "a  \\n"}\n', b"no\n"], settings))[0]
    (b'{"text": "a\\n"}\n', '')
    """
    cleaner = Cleaner(settings)
    start = 0
    for number, line in enumerate(lines, start=1):
        entry = jsonl.read_line(line, f"-:{number}", start, settings.fields)
        start += len(line)
        if entry.text is None:
            yield entry.copy, entry.reason
            continue
        try:
            doc = cleaner.clean(Document(entry.key, entry.text, entry.id, source=entry.source))
        except QuarantineError as error:
            yield b"", str(error)
            continue
        yield jsonl.render(entry.layout, doc.text) if is_kept(doc) else b"", ""
