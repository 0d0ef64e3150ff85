"""Versions of what decides about the output, for `run.json` and caches."""

from __future__ import annotations

import unicodedata
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("cleaner", "datasketch", "ftfy", "google-re2", "langdetect", "pcre2")


def versions() -> dict[str, str]:
    """Return the versions of this package, of the libraries that decide about text, and of Unicode."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {**found, "unicode": unicodedata.unidata_version}
