"""Subtitles: one file is one document, read and written like any text.

Timings, numbers and the lines of a cue are protected text wherever they stand (`cleaner.protected`): nothing is
joined or removed among them, and only the encoding is repaired.
"""

from dataclasses import replace
from typing import Final

from cleaner.formats import plaintext

FORMAT: Final = replace(plaintext.FORMAT, name="subtitles", suffixes=(".srt", ".vtt"))
