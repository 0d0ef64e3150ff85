"""`clean init`: a configuration in which every option stands, commented out, with what it does and its default."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from cleaner.cli import DEFAULT_CONFIG
from cleaner.cli.options import PATH
from cleaner.errors import UsageError

TEMPLATE: Final = """\
# The configuration of `clean` for this folder. What is commented out is the default, or an example;
# `clean rules validate` checks this file, and rule files in a folder rules/ beside it are loaded.

# ---- the run

# The steps that are run, in this order whatever the order here.
# steps: [encoding, linebreaks, boilerplate, translation, dedup]

# What the texts are. An article was made by some extractor, a page is whole, with its navigation.
# profile: article

# Whether bylines, datelines and captions that describe something are kept (keep, or drop).
# metadata: keep

# What a run, or a document, may lose before it is held back.
# limits:
#   article: 0.5              # share of the characters of a run that rules may remove, by profile
#   page: 0.9
#   min_words: 0              # documents with fewer words left are set aside in OUT/_clean/aside
#   translated_score: 99      # so are documents with a higher score; none by default
#   document_bytes: 16777216  # larger documents are quarantined without being read
#   beyond: aside             # or drop: what is set aside is in the audit trail alone

# ---- the rules (`clean rules list` lists them, `clean explain RULE` tells what one does)

# Use these rules alone (globs of ids).
# select: ["encoding/*", "linebreaks/*", "boilerplate/*", "translation/*", "dedup/*"]

# Do not use these.
# ignore: ["boilerplate/en/byline"]

# Change a rule: its options, its severity, what it matches.
# rules:
#   dedup/near: {with.threshold: 0.8}            # least similarity of near-duplicate passages
#   translation/space-missing-after: {severity: warn}

# What rules must leave alone: the rule (a glob), and the document (a glob), the text, or both.
# exceptions:
#   - rule: "boilerplate/*"
#     document: "essays/*"
#     text: "Read also"
"""


@click.command(short_help="Write a commented clean.yaml.")
@click.argument("path", type=PATH, default=DEFAULT_CONFIG, metavar="[FILE]")
def init(path: Path) -> None:
    """Write a configuration to FILE [default: clean.yaml] in which every option is explained and commented out.

    A file that is there already is left as it is.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(TEMPLATE)
    except FileExistsError:
        message = f"{path} is there already: it is left as it is"
        raise UsageError(message) from None
    click.echo(f"{path} is written: every option in it is commented out")
