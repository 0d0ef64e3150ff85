"""Sentences in a language that there is no profile for, and what must be told all the same."""

from __future__ import annotations

import pytest

from cleaner.language import UNKNOWN, detect, prose
from cleaner.language.ngrams import totals
from cleaner.language.table import table

MENU = (
    "Skip to content\nZenith Quay\nOxley Bridge\nQwaxley Jazz\nVex Pylon\nFAQ\nPDF\nRSS\nXQ-70 Jukebox\n"
    "Wyx Zephyr\nKwik Fjord\nBox Hymn\nPyx Vortex\nSphinx Quartz\nJackdaw Blitz"
)
TOLD = {
    "sentences between many names": (
        "en",
        f"{MENU}\nThe keeper of the light had not been seen by anybody for three days when the boat came in again.\n"
        f"{MENU}\nNobody in the harbour wanted to go up and look, because the stairs were old and the door was locked.",
    ),
    "names alone": ("en", f"{MENU}\n{MENU}\nThe pier of the old harbour and the keeper of the light"),
    "sentences below a menu in another language": (
        "fr",
        f"{MENU}\nPersonne au port ne voulait monter les marches, parce que la porte était fermée depuis trois jours.\n"
        "Le gardien du phare avait pourtant promis de revenir avant que la marée ne soit trop haute pour les barques.",
    ),
    "a page that is translated in part": (
        "ru",
        "Смотритель маяка три дня не показывался никому, и никто в порту не хотел подниматься по старой лестнице.\n"
        "Никто не знал, что делать, пока лодка не вернулась к причалу, и тогда все пошли домой спать до утра.\n"
        "The keeper of the light was not seen for three days, and nobody wanted to go up the old stairs.\n",
    ),
}
UNTOLD = {
    "Irish": "Ní fhaca aon duine fear an tsolais ar feadh trí lá nuair a tháinig an bád isteach arís sa chuan.\n"
    "Ní raibh fonn ar dhuine ar bith dul suas an staighre, mar bhí an doras faoi ghlas agus bhí sé ag éirí dorcha.\n",
    "Zulu": "akekho umuntu owabona umgcini wesibani izinsuku ezintathu ngesikhathi isikebhe sibuya futhi echwebeni.\n"
    "akekho owayefuna ukukhuphuka izitebhisi ezindala ngoba umnyango wawukhiyiwe futhi kwase kuhlwa kakhulu.\n",
    "Basque": "hiru egunez inork ez zuen itsasargiaren zaindaria ikusi, eta txalupa berriz portura itzuli zen gauean.\n"
    "inork ez zuen eskailera zaharretik igo nahi, atea itxita zegoelako eta kanpoan oso ilun zegoelako ordurako.\n",
}


@pytest.mark.parametrize(("language", "text"), TOLD.values(), ids=TOLD)
def test_tells(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", UNTOLD.values(), ids=UNTOLD)
def test_does_not_take_a_language_for_its_neighbour(text: str) -> None:
    assert detect(text) == UNKNOWN


def test_believes_languages_without_small_letters() -> None:
    assert prose.language_of_prose(UNTOLD["Irish"], "hi", 1) == "hi"


@pytest.mark.parametrize(("letters", "known"), [(prose.LEAST - 1, True), (prose.LEAST, False)])
def test_letters_of_sentences_that_say_enough(letters: int, known: bool) -> None:
    words = UNTOLD["Zulu"].replace(".", "").split() * 2
    text = ""
    while sum(map(str.isalpha, text)) < letters:
        text += f"{words.pop(0)} "
    text = text.strip()
    text = text[: len(text) - (sum(map(str.isalpha, text)) - letters)]
    assert (prose.language_of_prose(text, "sw", 1) == "sw") == known


@pytest.mark.parametrize(
    ("share", "asked"), [(prose.DOUBTFUL + 0.001, False), (prose.DOUBTFUL - 0.001, True)]
)
def test_weight_below_which_a_text_is_looked_at(share: float, asked: bool) -> None:
    text = UNTOLD["Zulu"]
    total = share * sum(map(str.isalpha, text)) * table().expected["sw"]
    assert (prose.language_of_prose(text, "sw", round(total)) == "") == asked


def test_what_a_letter_should_weigh_is_what_it_weighs() -> None:
    text = (
        "the keeper of the light had not been seen by anybody for three days when the boat came in again and nobody "
        "in the harbour wanted to go up and look because the stairs were old and the door was locked from inside"
    )
    letters = sum(map(str.isalpha, text))
    assert totals(text)["en"] / letters == pytest.approx(table().expected["en"], rel=0.1)
