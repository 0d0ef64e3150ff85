"""The page: a template, its style sheet and its script, and a policy that allows nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from cleaner.report.compiled import kept_templates
from cleaner.report.texts.marks import visible
from cleaner.report.views import Report


def render(report: Report, *, served: bool = False) -> str:
    """Return the page as HTML; whatever comes from documents, rules or names of files is escaped.

    One that is `served` has links to the rest of the trail.
    """
    return rendered("report.html.j2", served=served, report=report) + "\n"


def rendered(template: str, *, served: bool, **values: Any) -> str:
    """Return what a template makes of some values, with the style sheet, the script and their policy."""
    style, script = _resource("style.css"), _resource("script.js")
    around = {
        "style": Markup(style),
        "script": Markup(script),
        "policy": policy(style, script, served=served),
    }
    return _environment().get_template(template).render(served=served, **around, **values)


def policy(style: str, script: str = "", *, served: bool = False) -> str:
    """Return the Content-Security-Policy under which nothing but this very style sheet and script is used.

    A page that is `served` may ask its own server, by the form that finds documents.

    >>> policy("", "").split("; ")[1]
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        f"base-uri 'none'; form-action '{'self' if served else 'none'}'; require-trusted-types-for 'script'"
    )


def _digest(content: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def number(value: int) -> str:
    """Write a number with thin spaces between thousands, which no language reads as a decimal sign.

    >>> number(1234567)
    '1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567'
    """
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _in_address(text: str) -> str:
    """Return a key of a document as a part of an address."""
    return quote(text, safe="", errors="surrogatepass")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_resource),
        bytecode_cache=kept_templates(),
    )
    environment.filters |= {"number": number, "visible": visible, "key": _in_address}
    return environment


@cache
def _resource(name: str) -> str:
    return files(__package__).joinpath("page_parts", name).read_text("utf-8")
