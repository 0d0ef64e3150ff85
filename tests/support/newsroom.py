"""A corpus of news as scrapers leave it, of any size, from templates: furniture, repeats, damage, several languages."""

from __future__ import annotations

import json
import random
from pathlib import Path

TOWNS = (
    "Harle",
    "Marwen",
    "Norrey",
    "Port Halden",
    "Corvane",
    "Low Ferring",
    "Tolvay",
    "Brenitz",
    "Ostermoor",
    "Quillan",
)
NAMES = (
    "Carla Winsome",
    "Tomas Greaves",
    "Lil Orban",
    "Nives Barbolan",
    "Jon Abelard",
    "Ines Fairley",
    "Piet Vanhoorn",
)
THINGS = (
    "bridge",
    "ferry",
    "school",
    "harbour",
    "library",
    "salt mine",
    "tram line",
    "mill",
    "lighthouse",
    "market hall",
)
ACTS = (
    "will be repaired before the winter, the council decided on {day}",
    "has been closed since {day} because of cracks in its north wall",
    "is to be sold to a company from {town}, which wants to keep all {number} people who work there",
    "cost {number} million crowns more than planned, an inquiry found on {day}",
    "reopened on {day} after {number} years, and half of {town} came to look at it",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
SAYS = (
    "“Nobody asked us,” said {name}, who has lived beside it for {number} years, “and nobody will pay for it either.”",
    "{name} told the meeting that {number} letters had been written to the ministry, and that three had been answered.",
    "It was not clear on {day} who would pay for the work, which is expected to take at least {number} months.",
    "The road between {town} and the coast remains open, but lorries of more than {number} tonnes have to turn back.",
    "According to the water board, the river at {town} had risen by {number} centimetres since midnight.",
    "Shopkeepers in {town} say that longer hours would help them more than any subsidy the region could offer.",
)
FURNITURE = (
    "Advertisement",
    "Share this article",
    "Sign up for our newsletter",
    "Follow us on Facebook",
    "Story continues below",
    "Click here to subscribe to the {paper}",
)
PAPERS = ("Valley Gazette", "Coast Herald", "Marsh Courier", "Upland Post", "Harbour Times", "Border Echo")
FOREIGN = (
    ("de", "Die Bürgerversammlung von {town} hat am Mittwoch beschlossen, den Markt auch im Winter offen zu halten.", "Lesen Sie auch:"),
    ("fr", "Le conseil de {town} a décidé mardi que le marché resterait ouvert pendant les mois d’hiver, malgré le froid.", "À lire aussi :"),
    ("uk", "Громада міста {town} у середу вирішила, що ринок працюватиме й узимку, хоча коштів на опалення немає.", "Читайте також:"),
)  # fmt: skip


def newsroom(folder: Path, documents: int, seed: int = 1) -> Path:
    """Write so many documents: text files by paper, records with addresses, some in old encodings."""
    draw = random.Random(seed)
    shared = [_paragraph(draw) for _ in range(max(30, documents // 20))]
    records = []
    for number in range(documents):
        paper = draw.choice(PAPERS)
        text = _article(draw, paper, shared)
        if number % 4 == 3:
            records.append(
                {"id": number, "url": f"https://{paper.split()[0].lower()}.example/{number}", "text": text}
            )
            continue
        path = folder / paper.lower().replace(" ", "-") / f"{number:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("cp1252", "replace") if number % 25 == 1 else text.encode("utf-8"))
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "wire.jsonl").write_text(lines, "utf-8")
    return folder


def _filled(draw: random.Random, template: str) -> str:
    return template.format(
        town=draw.choice(TOWNS),
        name=draw.choice(NAMES),
        day=draw.choice(DAYS),
        number=draw.randint(2, 90),
        paper=draw.choice(PAPERS),
    )


def _paragraph(draw: random.Random) -> str:
    lead = f"The {draw.choice(THINGS)} of {draw.choice(TOWNS)} {_filled(draw, draw.choice(ACTS))}."
    return " ".join([lead, *(_filled(draw, say) for say in draw.sample(SAYS, draw.randint(1, 3)))])


def _article(draw: random.Random, paper: str, shared: list[str]) -> str:
    if draw.random() < 0.1:
        _, sentence, heading = draw.choice(FOREIGN)
        parts = [" ".join(_filled(draw, sentence) for _ in range(4)) for _ in range(2)]
    else:
        heading = "Read also:"
        parts = [_paragraph(draw) for _ in range(draw.randint(2, 5))]
    if draw.random() < 0.5:
        parts.insert(1, _varied(draw, draw.choice(shared)))
    if draw.random() < 0.6:
        parts.insert(draw.randint(1, len(parts)), _filled(draw, draw.choice(FURNITURE)))
    if draw.random() < 0.5:
        links = "\n".join(f"• The {draw.choice(THINGS)} that {draw.choice(TOWNS)} forgot" for _ in range(3))
        parts.append(f"{heading}\n{links}")
    if draw.random() < 0.15:
        head, _, tail = parts[0].partition(", ")
        parts[0] = f"{head},\n\n{tail}" if tail else head
    text = (
        "\n\n".join([f"{draw.choice(THINGS).capitalize()} of {draw.choice(TOWNS)}: {paper}", *parts]) + "\n"
    )
    return text.encode("utf-8").decode("cp1252", "ignore") if draw.random() < 0.04 else text


def _varied(draw: random.Random, passage: str) -> str:
    """Return a passage as it is, or with another number or day."""
    if draw.random() < 0.5:
        return passage
    words = passage.split(" ")
    for k, word in enumerate(words):
        if word in DAYS:
            words[k] = draw.choice(DAYS)
            break
    return " ".join(words)
