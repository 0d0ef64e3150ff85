"""An example for the help of every command; tests run each on the sample corpus, `seeds/`, in this order."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "": ("clean run seeds/ out/", "clean why out/ en/04-harle-detour.txt:7"),
    "run": ("clean run seeds/ out/ --overwrite", "clean run seeds/en/ english/ --steps encoding,linebreaks"),
    "check": ("clean check seeds/en/", "clean check seeds/en/ --output sarif --fail-on error"),
    "diff": ("clean diff seeds/en/02-winter-ferry.txt --pager",),
    "why": ("clean why out/ en/04-harle-detour.txt", "clean why out/ wire.jsonl:2:1"),
    "report": ("clean report out/",),
    "verify": ("clean verify out/",),
    "restore": ("clean restore out/ back/",),
    "dedup": ("clean dedup seeds/en/ once/ --threshold 0.8",),
    "rules": ('clean rules list --select "boilerplate/en/*"',),
    "rules list": ('clean rules list --select "boilerplate/en/*"',),
    "rules show": ("clean rules show boilerplate/en/related-section --run out/",),
    "rules test": ('clean rules test --select "boilerplate/en/*" --corpus seeds/en/',),
    "rules new": (
        'clean rules new --file rules/mine.yaml --prefix "Our reporters also wrote" --match '
        '"Our reporters also wrote: Five bridges" --no-match "Our reporters wrote this in spring"',
    ),
    "rules validate": ("clean rules validate rules/mine.yaml",),
    "rules try": ("clean rules try rules/mine.yaml seeds/en/02-winter-ferry.txt",),
    "rules schema": ("clean rules schema > rule.schema.json",),
    "rules bench": ("clean rules bench seeds/en/ --most 5",),
    "rules suggest": ("clean rules suggest seeds/ --limit 3",),
    "explain": ("clean explain boilerplate/en/related-section", "clean explain mojibake"),
    "init": ("clean init",),
    "completion": ("clean completion bash > clean.bash",),
    "mcp": ("clean mcp",),
}
"""Commands by what they are called after `clean`."""


def epilog(name: str) -> str:
    r"""Return the examples of a command as its help shows them.

    >>> epilog("verify")
    '\x08\nExamples:\n  clean verify out/'
    """
    return "\n".join(("\b", "Examples:", *(f"  {example}" for example in EXAMPLES.get(name, ()))))
