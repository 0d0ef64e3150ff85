"""Versions of what decides about the output, for `run.json` and caches."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("cleaner", "datasketch", "ftfy", "google-re2", "langdetect", "pcre2")


@cache
def package_version() -> str:
    """Return the version of this package; `0` when it runs from a folder without being installed."""
    try:
        return version("cleaner")
    except PackageNotFoundError:
        return "0"


def versions() -> dict[str, str]:
    """Return the versions of this package, of the libraries that decide about text, and of Unicode."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {**found, "unicode": unicodedata.unidata_version}
