"""File formats: how documents are read from a file and written back.

A format is one module with a `FORMAT` (`format.Format`) and one line in `registry.FORMATS`. It promises:

- `read` yields entries that together are the segment, byte for byte and in order: documents (`text`),
  what cannot be processed (`reason`: it is quarantined, with its bytes), and filler (blank lines, a
  header). An error of the file becomes a quarantined entry, never an exception.
- A document's key is the path of the file, and in a format of `records` `PATH:N`, N counted from 1: the
  audit trail, `why` and the order of the corpus rely on it.
- `render(layout, text)` writes a document; `text_of` reads the text back from those bytes;
  `rebuild(output, text, layout)` returns the bytes of the source from the output and the original text.
  `layout` holds what that needs besides, as JSON values. Where it cannot be exact, `keep_raw` keeps the bytes.
- `cuts` yields the ends of segments, between two records, so that a large file is shared out among workers.
- Only the text of a record is touched. A record in which nothing changed keeps its bytes.
- Nothing in a file is executed, unpickled, or used as a path.
"""
