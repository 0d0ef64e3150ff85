"""The one definition of what a line of each kind of the audit trail holds, and of `run.json`.

Every line of a kind has all of its fields; a field without a value is null. Offsets count
code points and are half-open. Positions whose names begin with `source_` are in the decoded
source: the decoded file, or the decoded text field of a record. Positions named `byte_…` are bytes of the
input file, of a compressed one of its content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypedDict, TypeVar, final

from cleaner.audit.raw import RawRef
from cleaner.formats.format import Layout
from cleaner.model import JSON, DuplicateAction, DuplicateKind, Severity

Told: TypeAlias = dict[str, Any]
"""What a step reports about itself; it chooses the fields."""
SCHEMA = 3
"""Version of the trail; it is raised when a field changes its meaning, its type or its place."""


@final
class DocumentLine(TypedDict):
    """A document, whether it was written or not."""

    doc: str
    """Key: path relative to the source, and for record N of a file `PATH:N`."""
    id: JSON
    """The record's own id, unchanged."""
    source: str | None
    """What it came from: the host of its `url` or `source` field, else its top folder."""
    language: str
    """ISO 639-1 code of the cleaned text, or `und`."""
    encoding: str
    """Encoding that the source was decoded from."""
    chars_in: int
    """Code points of the decoded source."""
    chars_out: int
    """Code points of the cleaned text."""
    passages_in: int
    """Lines of the decoded source that are not blank."""
    passages_out: int
    """Lines of the cleaned text that are not blank."""
    translated_score: float | None
    """How likely a translation is, as a percentile of native texts (0 to 100); null where it is not stated."""
    kept: bool
    """Whether it was written."""
    aside: str | None
    """Why it was set aside though text is left, by the limits of the configuration."""
    facts: dict[str, JSON]
    """What else steps and formats state about the document, by name."""
    byte_start: int
    """Where it begins in the input file."""
    byte_end: int
    """Where it ends there; the same as `byte_start` for what has no bytes of its own (Parquet, HTML)."""
    output_start: int | None
    """Where it begins in what its segment became, before compression; null when it was not written."""
    output_end: int | None
    """Where it ends there."""
    raw: RawRef | None
    """Where the bytes of its source are kept, when output and trail cannot rebuild them."""
    rest: str
    """Text that was left of a document that was not written."""
    layout: Layout
    """What its format needs to write the source again."""


@final
class EditLine(TypedDict):
    """A change to text. `start` and `end` count in the text that entered the revision."""

    doc: str
    """Key of the document."""
    step: str
    """Step that asked for it."""
    rule: str
    """Id of the rule."""
    start: int
    """Where the changed text begins."""
    end: int
    """Where it ends."""
    old: str
    """The text that was there."""
    new: str
    """What it became; empty for a removal."""
    source_start: int
    """Where what it was made of begins in the source."""
    source_end: int
    """Where that ends."""
    revision: int
    """Number of revisions that the document had seen; edits of one number were made at once."""
    note: str
    """What decided it, in a few words; empty when the rule is reason enough."""


@final
class FlagLine(TypedDict):
    """A remark about text; it changes nothing."""

    doc: str
    """Key of the document."""
    rule: str
    """Id of the rule."""
    severity: Severity
    """How sure it is that something is wrong."""
    start: int | None
    """Where its text begins in the cleaned text; null when that text was removed."""
    end: int | None
    """Where it ends there."""
    source_start: int
    """Where what its text was made of begins in the source."""
    source_end: int
    """Where that ends."""
    text: str
    """The flagged text, as it stood when the flag was raised."""
    message: str
    """What is wrong."""
    suggestion: str | None
    """What would be right."""


class DuplicateLine(TypedDict):
    """A passage that repeats another one, and the one that is kept for it."""

    doc: str
    """Key of the document that it was in."""
    source_start: int
    """Where it begins in the source."""
    source_end: int
    """Where it ends there."""
    text: str
    """Its text as it entered the step."""
    kept_doc: str
    """Key of the document that holds the kept passage."""
    kept_corpus: str | None
    """Earlier output, or evaluation set, that holds it, as given to `--against`; null for this run."""
    kept_source_start: int
    """Where the kept passage begins in its source (of an earlier output: in its cleaned text)."""
    kept_source_end: int
    """Where it ends there."""
    kept_text: str
    """Text of the kept passage as it entered the step."""
    similarity: float
    """Exact Jaccard similarity of the shingles of the two; 1.0 for equal ones."""
    kind: DuplicateKind
    """How the two are alike."""
    differs: list[str]
    """In what a near one differs: any of number, negation, name, other."""
    shared: int | None
    """Tokens in a row that it has in common with a text of an evaluation set; null for all others."""
    cluster: int
    """Number of passages that were removed for the same kept one."""
    revision: int
    """Number of revisions that the document had seen."""
    start: int
    """Where it began in the text of that revision."""
    end: int
    """Where it ended there."""
    action: DuplicateAction
    """Whether it was removed, or kept and only reported."""


@final
class QuarantineLine(TypedDict):
    """Input that could not be processed. Its bytes are kept, unless they could not be read."""

    path: str
    """Path of the input file."""
    doc: str
    """Key of the document that it would have been, or that the bytes are in."""
    inside: bool
    """Whether the bytes are inside a document, the rest of which was processed."""
    byte_start: int
    """Where the bytes begin in the input file."""
    byte_end: int
    """Where they end."""
    reason: str
    """Why they could not be processed."""
    raw: RawRef | None
    """Where the bytes are kept."""


@final
class Gap(TypedDict):
    """Bytes of an input between its documents."""

    byte_start: int
    """Where they begin in the input file."""
    byte_end: int
    """Where they end."""
    raw: RawRef | None
    """Where they are kept; null when they were given up (`--no-raw`)."""


class InputLine(TypedDict):
    """A segment of an input file: all of a small one, and of a large one what one shard holds."""

    path: str
    """Path of the input file."""
    format: str
    """Name of its format."""
    codec: str
    """Name of the compression around it; empty for none."""
    byte_start: int
    """Where the segment begins in the file."""
    byte_end: int
    """Where it ends."""
    sha256: str
    """Sum of its bytes."""
    output: str | None
    """Path of the output file; null when nothing was written."""
    output_bytes: int
    """Bytes that the segment became, before compression."""
    gaps: list[Gap]
    """Its bytes that belong to no document."""


class InputFileItem(TypedDict):
    """An input file."""

    path: str
    """Path relative to its source."""
    sha256: str
    """Sum of its content."""
    bytes: int
    """Size of its content."""
    codec: str
    """Compression around the content; empty for none."""


class OutputFileItem(TypedDict):
    """An output file."""

    path: str
    """Path relative to the output."""
    sha256: str
    """Sum of the file."""
    bytes: int
    """Size of the file."""


class SkippedItem(TypedDict):
    """A file that was not read."""

    path: str
    """Path relative to its source."""
    reason: str
    """Why it was not read."""


class FieldNames(TypedDict):
    """Names of the fields of a record."""

    text: str
    """The field that holds the text."""
    id: str
    """The field that holds the record's own id."""


class Configuration(TypedDict):
    """What decided about the output, apart from versions; no paths but those of `against`."""

    steps: list[str]
    """Steps, in their order."""
    profile: str
    """`article` or `page`."""
    fields: FieldNames
    """Names of the fields of records."""
    select: list[str]
    """Rules that alone were active."""
    ignore: list[str]
    """Rules that were not."""
    unsafe: bool
    """Whether rules that are not safe were applied."""
    metadata: str
    """Whether bylines, datelines and captions were kept: `keep` or `drop`."""
    against: list[str]
    """Earlier outputs whose passages counted as seen, as given."""
    limits: dict[str, JSON]
    """What the run was allowed to lose."""
    keep_raw: bool
    """Whether the bytes of inputs that are no text were kept."""
    compress_trail: bool
    """Whether the parts of the trail are compressed."""
    rules: str
    """Digest of all active rules."""
    surveys: dict[str, Told | None]
    """Parameters of what steps asked the whole corpus, by step; null for those that have none."""


class RunCounts(TypedDict):
    """Counts of a run."""

    documents_in: int
    """Documents that were read."""
    documents_out: int
    """Documents that were written."""
    chars_in: int
    """Code points that were read."""
    chars_out: int
    """Code points that were written."""
    passages_in: int
    """Lines that were read and are not blank."""
    passages_out: int
    """Lines that were written and are not blank."""
    removed_by_rules: int
    """Code points that rules removed, duplicates not among them."""
    quarantined: int
    """Pieces of input in quarantine."""
    aside: int
    """Documents that were set aside."""
    edits: dict[str, int]
    """Edits by rule."""
    flags: dict[str, int]
    """Flags by rule."""
    severities: dict[str, int]
    """Flags by severity."""
    duplicates: dict[str, int]
    """Duplicates by kind."""


class Description(TypedDict):
    """What two runs must have in common to do the same to the same input."""

    versions: dict[str, str]
    """Versions of the program, of the libraries that decide about text, and of Unicode."""
    configuration: Configuration
    """What decided about the output."""
    configuration_sha256: str
    """Digest of the configuration."""


class Run(Description):
    """A finished run. `run.json` is written last: without it the output is not valid."""

    schema: int
    """Version of the trail."""
    shards: int
    """Number of shards, so of parts of each kind."""
    inputs: list[InputFileItem]
    """Every input file."""
    outputs: list[OutputFileItem]
    """Every output file."""
    skipped: list[SkippedItem]
    """What was not read, and why."""
    trail: dict[str, str]
    """Sum of every other file of the trail."""
    counts: RunCounts
    """What the run did."""
    surveys: dict[str, Told]
    """What steps counted in the whole corpus, by step."""


Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Kind(Generic[Line]):
    """A kind of line: the name that its files begin with, and its type."""

    name: str
    line: type[Line]


DOCUMENTS = Kind("documents", DocumentLine)
EDITS = Kind("edits", EditLine)
FLAGS = Kind("flags", FlagLine)
DUPLICATES = Kind("duplicates", DuplicateLine)
QUARANTINE = Kind("quarantine", QuarantineLine)
INPUTS = Kind("inputs", InputLine)
KINDS: tuple[Kind[Any], ...] = (DOCUMENTS, EDITS, FLAGS, DUPLICATES, QUARANTINE, INPUTS)

Unit: TypeAlias = DocumentLine | QuarantineLine
"""A piece of a segment that has a line of its own."""
