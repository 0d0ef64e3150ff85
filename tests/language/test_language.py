"""Language identification: what must stay unknown, then what must be known, then the promises."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner.language
from cleaner.language import (
    _GLANCE,
    SAMPLE,
    UNKNOWN,
    detect,
    detect_with_confidence,
    kernel,
    letters,
    ngrams,
    rank,
    scripts,
    table,
)
from cleaner.language.ngrams import sums
from cleaner.language.table import Ints

Found = tuple[Ints, int] | None

NOT_TOLD = [
    "",
    " \n\t\r\n ",
    "0",
    "12.04.2031 14:30",
    "1,234.5 – 99 %",
    "https://example.org/news/today?id=12&lang=de",
    "www.example.com/ueber-uns",
    "press@example.org",
    "\N{GRINNING FACE}\N{PARTY POPPER}\N{REGIONAL INDICATOR SYMBOL LETTER U}",
    "***",
    "—",
    "?! … «»",
    "\0\0\0",
    "\ud800",
    "\udfff\ud83d 12",
    "\N{REPLACEMENT CHARACTER}" * 5,
    "a",
    "X",
    "OK",
    "10 km",
    "H2O",
    "\U00010414\U0001042f\U00010445 \U0001044b\U00010445",  # Deseret, beyond U+FFFF
    "ᐃᓄᒃᑎᑐᑦ ᐅᖃᐅᓯᖅ",  # Canadian syllables serve several languages
    "ა",  # one letter
]

TOLD = [
    ("en", "Mayor reopens old bridge"),
    ("en", "COUNCIL VOTES TO KEEP THE FERRY RUNNING"),
    ("en", "The ferry across the river will run until midnight, the harbour office said on Friday."),
    ("en", "See https://example.org/de/ueber-uns-und-unsere-geschichte for the history of the mill."),
    ("uk", "Міст знову відкрито для пішоходів"),
    ("uk", "Поромна переправа через річку працюватиме до півночі, повідомили в управлінні порту."),
    ("ru", "Паромная переправа через реку будет работать до полуночи, сообщили в управлении порта."),
    ("de", "Die Fähre über den Fluss fährt künftig bis Mitternacht, teilte das Hafenamt mit."),
    ("de", "BÜRGERMEISTERIN ERÖFFNET DIE ALTE BRÜCKE WIEDER"),
    ("it", "Il traghetto sul fiume resterà in servizio fino a mezzanotte, ha detto l'ufficio del porto."),
    ("fr", "Le bac qui traverse la rivière restera ouvert jusqu'à minuit, a annoncé le bureau du port."),
    ("es", "El transbordador que cruza el río funcionará hasta la medianoche, según la oficina del puerto."),
    ("pt", "A balsa que atravessa o rio vai funcionar até à meia-noite, informou o gabinete do porto."),
    ("nl", "De veerpont over de rivier vaart voortaan tot middernacht, zo meldt het havenkantoor."),
    ("pl", "Prom na rzece będzie kursował do północy, poinformował w piątek zarząd portu."),
    ("cs", "Přívoz přes řeku bude jezdit až do půlnoci, oznámil v pátek přístavní úřad."),
    ("ro", "Bacul de peste râu va circula până la miezul nopții, a anunțat vineri biroul portului."),
    ("tr", "Nehirdeki feribot artık gece yarısına kadar çalışacak, liman idaresi cuma günü duyurdu."),
    ("vi", "Chuyến phà qua sông sẽ hoạt động đến nửa đêm, văn phòng cảng cho biết hôm thứ Sáu."),
    ("el", "Το πορθμείο στο ποτάμι θα λειτουργεί μέχρι τα μεσάνυχτα, ανακοίνωσε το λιμεναρχείο."),
    ("he", "המעבורת על הנהר תפעל עד חצות, כך הודיעה הנהלת הנמל ביום שישי."),
    ("ar", "ستعمل العبارة عبر النهر حتى منتصف الليل، حسبما أعلن مكتب الميناء يوم الجمعة."),
    ("hi", "नदी पर नाव आधी रात तक चलेगी, बंदरगाह कार्यालय ने शुक्रवार को कहा।"),
    ("ja", "川を渡る船は真夜中まで運航すると港の事務所が金曜日に発表した。"),
    ("ko", "강을 건너는 배는 자정까지 운항한다고 항구 사무소가 금요일에 밝혔다."),
    ("zh", "港口办公室星期五表示，过河的渡船将运行到午夜。"),
    ("zh", "港口辦公室星期五表示，過河的渡船將運行到午夜。"),
    ("zh", "今天天气很好"),  # Han alone: neither Japanese nor Korean
    ("zh", "我们昨天在Facebook和YouTube上看了新桥的视频。"),  # Latin words inside, more letters than Han
    ("zh", "用 Bridge 写的 Web Framework 很快，支持 async 和 type hints。"),
    ("ja", "GoogleとMicrosoftが新しい橋の地図を公開した。"),
    ("ko", "새 다리의 지도는 Google Maps에서 볼 수 있다."),
    ("en", "The bridge near the station (东京站) was closed on Friday for repairs."),
    ("uk", "Компанія Example Media Group повідомила про відкриття нового мосту"),  # Latin names inside
]

BY_SCRIPT = [
    ("hy", "Ես սիրում եմ հին կամուրջը գետի վրա"),
    ("hy", "ՀԻՆ ԿԱՄՈՒՐՋԸ ՓԱԿ Է"),
    ("ka", "მე მიყვარს ძველი ხიდი მდინარეზე"),
    ("ka", "ძველი ხიდი Google Maps-ზე არ არის"),  # Latin words inside
    ("am", "አሮጌው ድልድይ ትናንት ተዘጋ።"),
    ("ti", "እቲ ኣረጊት ድልድል ትማሊ ተዓጽዩ።"),
    ("km", "ស្ពានចាស់ត្រូវបានបិទកាលពីម្សិលមិញ។"),
    ("lo", "ຂົວເກົ່າຖືກປິດມື້ວານນີ້"),
    ("my", "တံတားဟောင်းကို မနေ့က ပိတ်လိုက်သည်။"),
    ("si", "පැරණි පාලම ඊයේ වසා දමන ලදී."),
    ("or", "ପୁରୁଣା ପୋଲ ଗତକାଲି ବନ୍ଦ ହେଲା।"),
    ("bo", "ཟམ་པ་རྙིང་པ་ཁ་སང་བཀག་སོང་།"),
    ("dv", "އާ ބުރިޖް އިއްޔެ ބަންދުކުރި"),
    ("chr", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ"),
    ("nqo", "ߒߞߏ ߞߊ߲"),
    ("got", "\U00010330\U00010331\U00010332 \U00010333\U00010334"),  # beyond U+FFFF
]

BY_LETTERS = [
    ("kk", "Ескі көпір жабық, өзен арқылы паром жүреді, деп хабарлады қала әкімдігі."),
    ("ky", "Эски көпүрө жабык, дарыядан паром аркылуу өтөбүз, деди шаардын мэри жаңы жылда."),
    ("mn", "Хуучин гүүр хаалттай, голоор усан онгоц явна гэж хөдөө нутгийнхан өгүүлэв."),
    ("be", "Стары мост закрыты, праз раку ходзіць паром, паведаміў ў пятніцу гарадскі савет."),
    ("tg", "Пули кӯҳна баста аст, аз дарё паром мегузарад, гуфт раиси шаҳр дар ҷамъомад."),
    ("tt", "Иске күпер ябык, елга аша паром йөри, җәй башында ачыла, диде шәһәр башлыгы."),
    ("sr", "Стари мост је затворен, а скела преко реке ће ићи до поноћи, рекла је госпођа Ђурић."),
    ("az", "Köhnə körpü bağlıdır, çayın üstündən bərə ilə keçirlər, dedi şəhər meri."),
    ("eo", "La malnova ponto estas fermita, oni ŝipas trans la riveron, diris la urbestro ĵaŭde."),
    ("is", "Gamla brúin er lokuð, en ferjan siglir yfir ána þar til á miðnætti, sagði borgarstjórinn."),
    ("is", "Gamla brúin er lokuð, sagði borgarstjórinn."),
    (
        "fo",
        "Gamla brúgvin er stongd, og ferjan siglir um sundið til midnáttar, segði borgarstjórin á fundi í høllini.",
    ),
    ("ps", "زوړ پل تړل شوی دی، خلک د سیند څخه په کښتۍ کې تېرېږي."),
    ("ug", "كونا كۆۋرۈك تاقالدى، كىشىلەر دەريادىن كېمە بىلەن ئۆتىدۇ."),
    ("as", "পুৰণি দলং বন্ধ, মানুহে নাৱেৰে নদী পাৰ হয়।"),
]

NEIGHBOURS = [
    ("ru", "Старый мост закрыт, сообщили в городе Қостанай, а паром будет ходить до полуночи."),
    ("ru", "Старый мост закрыт, сообщил Қуаныш, и паром до Павлодара будет ходить до полуночи каждый день."),
    ("uk", "Міст знову відкрито для пішоходів, і пором через річку не працює."),
    ("mk", "Стариот мост е затворен, а траектот преку реката ќе вози до полноќ, рече ѓаконот."),
    (
        "da",
        "Den gamle bro er lukket, sagde Guðrún Sigurðardóttir, og færgen sejler på åen til midnat hver dag.",
    ),
    ("en", "The bridge was designed by Guðrún Sigurðardóttir and Þórður Guðmundsson."),
    ("tr", "Eski köprü kapalı, dedi Əliyev, ve feribot gece yarısına kadar çalışacak."),
    ("fa", "پل قدیمی بسته است و مردم با قایق از رودخانه می‌گذرند."),
    ("ur", "پرانا پل بند ہے اور لوگ کشتی سے دریا پار کرتے ہیں۔"),
    ("bn", "পুরানো সেতু বন্ধ, মানুষ নৌকায় নদী পার হয়।"),
    ("he", "הגשר הישן סגור והמעבורת תפעל עד חצות."),
]

ENGLISH = "The harbour office said on Friday that the ferry across the river will run until midnight. "


@pytest.mark.parametrize("text", NOT_TOLD, ids=repr)
def test_says_so_when_it_cannot_tell(text: str) -> None:
    assert detect_with_confidence(text) == (UNKNOWN, 0.0)


@pytest.mark.parametrize(("language", "text"), TOLD)
def test_tells(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(("language", "text"), BY_SCRIPT)
def test_a_script_of_its_own_names_the_language(language: str, text: str) -> None:
    assert detect_with_confidence(text) == (language, 1.0)
    assert rank(text, languages=["en", language]) == [(language, 1.0)]
    assert rank(text, languages=["en"]) == []


@pytest.mark.parametrize(("language", "text"), NEIGHBOURS)
def test_letters_of_a_name_tell_nothing(language: str, text: str) -> None:
    assert letters.language_of_letters(text) == ""
    assert detect(text) == language


@pytest.mark.parametrize(("language", "text"), BY_LETTERS)
def test_letters_that_its_neighbours_lack_name_the_language(language: str, text: str) -> None:
    assert detect_with_confidence(text) == (language, 1.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("қала мен", ""),  # one word
        ("ұлы қала", "kk"),
        ("ұлы қала " + "мост " * 23, "kk"),  # two letters in a hundred
        ("ұлы қала " + "мост " * 24, ""),
        ("ұлы қала abcde", "kk"),
        ("ұлы қала abcdefg", ""),  # mostly Latin
        ("ұлы қала џ", ""),  # a letter that Kazakh lacks
    ],
)
def test_how_many_special_letters_tell(text: str, language: str) -> None:
    assert letters.language_of_letters(text) == language


@pytest.mark.parametrize(("text", "language"), [("ა", ""), ("აბ", "ka")])
def test_two_letters_of_a_script_decide(text: str, language: str) -> None:
    assert scripts.language_of_script(text) == language


@pytest.mark.parametrize(
    ("text", "capitals"),
    [
        ("A" * 200 + "b" * 101, True),
        ("A" * 199 + "b" * 101, False),
        ("A" * 200 + "b" * 1000, True),
        ("b" * 100 + "A" * 200, True),
        ("A", False),
        ("AB", True),
    ],
)
def test_capitals_are_twice_as_many_as_small_letters_at_the_start(text: str, capitals: bool) -> None:
    assert cleaner.language._mostly_capitals(text) == capitals


def test_a_guess_is_no_answer() -> None:
    assert rank("crew")[0] == ("en", 0.3167) and detect("crew") == UNKNOWN
    assert rank("reef")[0] == ("nl", 0.3777) and detect("reef") == "nl"


@pytest.mark.parametrize(("latin", "decides"), [("brid", True), ("bridg", False), ("bridge", False)])
def test_a_script_decides_when_it_has_most_letters(latin: str, decides: bool) -> None:
    assert scripts.language_of_script(f"ხიდია {latin}") == ("ka" if decides else "")
    assert (sums(f"ხიდია {latin}", table.table()) is None) == decides


@pytest.mark.parametrize(
    ("latin", "kept"), [(9, False), (10, True), (11, True)], ids=["below", "five times as many", "above"]
)
def test_latin_words_in_chinese_do_not_count(latin: int, kept: bool) -> None:
    found = ngrams.codes("新桥" + "abcdefghijk"[:latin])
    known = table.table()
    assert ngrams._latin_is_foreign(known.classes[found]) != kept


@pytest.mark.parametrize(
    ("latin", "kept"), [(1, False), (2, True), (3, True)], ids=["below", "half as many", "above"]
)
def test_latin_words_in_another_script_do_not_count(latin: int, kept: bool) -> None:
    found = ngrams.codes("міст" + "abc"[:latin])
    assert ngrams._latin_is_foreign(table.table().classes[found]) != kept


def test_a_header_in_another_language_does_not_decide_for_a_long_text() -> None:
    assert detect("Поділитися у соціальних мережах\n\n" + ENGLISH * 60) == "en"


@pytest.mark.parametrize("length", [SAMPLE - 1, SAMPLE, SAMPLE + 1, 40 * SAMPLE])
def test_the_length_of_a_text_does_not_matter(length: int) -> None:
    assert detect((ENGLISH * (length // len(ENGLISH) + 1))[:length]) == "en"


def test_rank_can_be_asked_about_some_languages() -> None:
    ranked = rank("Порт відкрито, the ferry is running", languages={"uk", "en"})
    assert {code for code, _ in ranked} == {"uk", "en"}
    assert rank(ENGLISH, languages=[]) == []
    assert rank(ENGLISH, languages=["xx"]) == []
    assert rank(ENGLISH, languages=["fr"]) == [("fr", 1.0)]


@given(st.text(max_size=200) | st.text(st.characters(), max_size=50))
@settings(deadline=None)
def test_never_raises_and_shares_sum_to_one(text: str) -> None:
    ranked = rank(text)
    shares = [share for _, share in ranked]
    assert shares == sorted(shares, reverse=True)
    assert not ranked or abs(sum(shares) - 1) < 0.01
    assert "zh-cn" not in dict(ranked)
    assert detect_with_confidence(text) == detect_with_confidence(text)


@given(st.lists(st.sampled_from([text for _, text in TOLD] + NOT_TOLD), max_size=6).map(" ".join))
@settings(deadline=None)
def test_white_space_around_words_does_not_matter(text: str) -> None:
    """As long as the beginning that is looked at holds the same words."""
    text = text[: _GLANCE // 2]
    assert rank("\n".join(text.split())) == rank(" \t".join(text.split()) + "\n")


@given(st.permutations([text for _, text in TOLD[:6]]))
@settings(deadline=None, max_examples=20)
def test_the_order_of_sentences_does_not_matter(texts: list[str]) -> None:
    ordered = " ".join(text for _, text in TOLD[:6])
    known = table.table()
    assert same(sums(" ".join(texts), known), sums(ordered, known))


def same(one: Found, other: Found) -> bool:
    """Compare what two ways of summing found."""
    if one is None or other is None:
        return one is other
    return one[1] == other[1] and np.array_equal(one[0], other[0])


COMPILED = [
    *(text for _, text in TOLD + BY_SCRIPT),
    *NOT_TOLD,
    *(
        "ABC Abc aBC AB",
        " x  Y\n\nZZ zz ",
        "порт Port",
        "A",
        "橋 is a bridge",
        "橋 abcd",
        "橋 abcde",
        "橋 abcdef",
    ),
    ENGLISH * 30,
]


@pytest.mark.parametrize("text", COMPILED, ids=lambda text: ascii(text[:20]))
def test_compiled_code_sums_alike(text: str) -> None:
    assert same(kernel.sums(text, table.table()), sums(text, table.table()))


@given(st.text(max_size=80) | st.text("ab AB\n.éИи橋ხ", max_size=40))
@settings(deadline=None)
def test_compiled_code_sums_alike_whatever_the_text(text: str) -> None:
    assert same(kernel.sums(text, table.table()), sums(text, table.table()))


def test_every_ngram_is_in_the_index_of_the_compiled_code() -> None:
    known = table.table()
    index = kernel._index(known)
    filled = index.keys >= 0
    assert np.array_equal(np.sort(index.keys[filled]), known.keys)
    assert np.array_equal(known.keys[index.rows[filled]], index.keys[filled])


def test_compiled_code_waits_until_it_pays() -> None:
    code = """if True:
        import sys
        from cleaner.language import detect, ngrams
        calls = ngrams.PLAIN_EFFORT // (ngrams.SPENT_BY_A_CALL + 9)
        for number in range(calls):
            detect(f"{number:09}")
        print("numba" in sys.modules)
        detect("one more")
        print("numba" in sys.modules)
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(("kept", "limit"), [(True, ngrams.SHARED_EFFORT), (False, ngrams.UNCOMPILED_EFFORT)])
def test_what_is_not_made_yet_is_waited_for_longer(
    *, kept: bool, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", sys)
    monkeypatch.setattr(ngrams, "_is_kept", lambda: kept)
    monkeypatch.setattr(ngrams._EFFORT, "spent", limit - ngrams.SPENT_BY_A_CALL - 1)
    assert ngrams._summing(1) is ngrams.sums
    assert ngrams._summing(1) is not ngrams.sums


def test_the_same_text_is_looked_at_once(monkeypatch) -> None:
    seen = []

    def totals(text: str) -> dict[str, int]:
        seen.append(text)
        return {"en": 1}

    monkeypatch.setattr(ngrams, "totals", totals)
    text = f"{ENGLISH} {len(seen)} once only"
    assert [detect(text), detect(text[:1] + text[1:])] == ["en", "en"]
    assert seen == [text]
    cleaner.language._detected.cache_clear()


def test_answers_do_not_depend_on_the_process() -> None:
    texts = [text for _, text in TOLD[:8]]
    code = f"from cleaner.language import rank\nprint([rank(t)[:3] for t in {texts!r}])"
    answers = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout
        for seed in ("0", "77")
    }
    assert answers == {f"{[rank(text)[:3] for text in texts]}\n"}


def test_importing_the_module_does_not_load_numpy() -> None:
    code = "import sys, cleaner.language; print('numpy' in sys.modules, 'langdetect' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout == "False False\n"


def test_the_cache_comes_back_as_it_was_built(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    profiles = table.profile_folder()
    path = table.cache_path(profiles)
    assert path is not None
    assert path.parent == tmp_path / "cleaner"
    assert table.load(path) is None
    built = table.build(profiles)
    table.save(path, built)
    loaded = table.load(path)
    assert loaded is not None
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    for name in ("languages", "letters", "classes", "keys", "rows", "columns", "values"):
        assert np.array_equal(getattr(loaded, name), getattr(built, name))

    whole = path.read_bytes()
    for damaged in (b"", b"\x80\x04N.", whole[:1000], whole[:-1000], b"PK" + whole[2:200]):
        path.write_bytes(damaged)
        assert table.load(path) is None


def test_a_pickle_in_the_cache_is_not_opened(tmp_path) -> None:
    path = tmp_path / "table.npz"
    with path.open("wb") as file:
        np.savez(file, languages=np.array([object()], dtype=object))
    assert table.load(path) is None


def test_arrays_that_do_not_fit_are_not_used() -> None:
    path = table.cache_path(table.profile_folder())
    table.table()
    sparse = table.load(path)
    if sparse is None:
        pytest.skip("this machine has no cache folder that can be written to")
    assert not table.fits(dataclasses.replace(sparse, keys=sparse.keys[:-1]))
    assert not table.fits(dataclasses.replace(sparse, values=sparse.values[:-1]))
    assert not table.fits(dataclasses.replace(sparse, letters=sparse.letters[:-1]))


def test_a_cache_folder_that_cannot_be_written_to_is_no_fault(tmp_path, monkeypatch) -> None:
    (tmp_path / "cleaner").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    table.table.cache_clear()
    try:
        assert detect(ENGLISH) == "en"
        assert stat.S_ISREG((tmp_path / "cleaner").stat().st_mode)
    finally:
        table.table.cache_clear()


def test_a_relative_cache_folder_is_ignored(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path = table.cache_path(table.profile_folder())
    assert path is not None
    assert path.is_relative_to(tmp_path / ".cache")


@pytest.mark.parametrize("kept", [False, True])
def test_compiled_sums_are_loaded_at_once_where_they_are_kept(
    *, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ngrams._EFFORT, "spent", 0)
    monkeypatch.setattr(ngrams, "_is_kept", lambda: kept)
    assert ngrams.load_compiled() == kept
    assert (ngrams._summing(1) is ngrams.sums) != kept
