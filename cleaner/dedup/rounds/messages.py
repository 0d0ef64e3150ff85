"""What blocks and parts send each other."""

from __future__ import annotations

from typing import Final

import numpy as np

from cleaner.engines.rows import Chunks, Messages, Rows, groups, load, received, rows, save, senders, sent

__all__ = [
    "Chunks",
    "Messages",
    "Rows",
    "groups",
    "load",
    "received",
    "rows",
    "save",
    "senders",
    "sent",
]

DIGEST: Final = np.dtype([("a", "<u8"), ("b", "<u8"), ("place", "<i8")])
LINK: Final = np.dtype([("place", "<i8"), ("to", "<i8")])
KEY: Final = np.dtype([("band", "u1"), ("key", "<u4"), ("count", "<u4")])
MEMBER: Final = np.dtype(
    [
        ("band", "u1"),
        ("key", "<u4"),
        ("salt", "<u4"),
        ("total", "<u4"),
        ("major", "<i8"),
        ("place", "<i8"),
        ("doc", "<i8"),
        ("status", "u1"),
        ("spared", "?"),
        ("brief", "<u8", (8,)),
    ]
)
PAIR: Final = np.dtype(
    [("kind", "u1"), ("place", "<i8"), ("major", "<i8"), ("other", "<i8"), ("status", "u1")]
)
NEWS: Final = np.dtype([("band", "u1"), ("key", "<u4"), ("salt", "<u4"), ("place", "<i8"), ("status", "u1")])
FATE: Final = np.dtype([("place", "<i8"), ("kept", "<i8"), ("kind", "u1"), ("similarity", "<f8")])
