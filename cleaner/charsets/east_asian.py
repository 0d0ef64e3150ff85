"""How probable bytes are as Chinese, Japanese or Korean text in the encodings of East Asia.

The tables of these encodings are ordered: one plane has the characters of everyday use, another the
rest. That, a short list of the commonest characters, and the share of kana, hangul and punctuation
in running text, tell one encoding from another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cache
from math import log
from typing import Final

from cleaner.charsets.scores import ASCII_WEIGHT, UNKNOWN_DOUBT, UNKNOWN_PLAIN, Pairs, Score, plain_floor
from cleaner.engines.lazy import regex

_SIMPLIFIED: Final = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员"
)
_TRADITIONAL: Final = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡"
    "用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實"
    "日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政"
    "美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員"
)
_KANJI: Final = (
    "日一人年大国会本中出時行事上者分間後前生自社学業場東手発部長金立内気方地定度今新高物入全体法力小同"
    "動言来見作用取思理何家合子目的私月下所公開成書意対明実関現当最初食教女名相政野性通多使議民要水記水"
)
_HANGUL: Final = (
    "이다는의에을가고하은를한로도지사아기서어자대시그리나해인들있것수과라일으만부면제전보정장공안주유원"
    "여성스우상모세마니까게조국무비동오연구생경중신문방화소했었않없거때말되된할람관계간물적와며선실"
)
NARROW: Final = "ja-narrow"
"""Japanese in katakana of half the width, as tills, banks and teletypes write it."""
_NARROW_CHAR: Final = regex("[\uff61-\uff9f]")
_NARROW_WORD: Final = regex("[\uff61-\uff9f]{3,}")
_NARROW_KANA: Final = "ﾞﾝｰｯｱｲｳｵｶｷｸｺｻｼｽﾀﾁﾃﾄﾅﾆﾉﾊﾌﾏﾑﾗﾘﾙﾚ"
_PUNCTUATION: Final = "，。、；：？！“”‘’（）《》「」『』〈〉【】—…·・ー～〜　"


@cache
def _prices(language: str) -> dict[str, float]:
    """Return the logarithm of the probability of each character in a language; others cost `_OTHER`."""
    if language == "zh-cn":
        return _chinese("gb2312", range(0xB0, 0xD8), range(0xD8, 0xF8), _SIMPLIFIED)
    if language == "zh-tw":
        return _chinese("big5", range(0xA4, 0xC7), range(0xC9, 0xFA), _TRADITIONAL)
    if language == "ja":
        return _japanese()
    if language == NARROW:
        return _narrow()
    return _korean()


_OTHER: Final = -15.0
_FEW: Final = -3.0
_TOUCH: Final = -4.0
"""What it costs that an ASCII letter touches a character of another script."""
_PLAIN: Final = regex(r"[A-Za-z]|[\x00-@\[-`{-\x7f]+")
_SEAM: Final = regex(r"[A-Za-z](?=[^\x00-\x7f])|[^\x00-\x7f](?=[A-Za-z])")
_CONTROL: Final = -18.0


def _plane(encoding: str, rows: range) -> list[str]:
    """Return the characters of some rows of an encoding."""
    cells = (bytes((row, cell)).decode(encoding, "ignore") for row in rows for cell in range(0x40, 0xFF))
    return [char for char in cells if len(char) == 1 and ord(char) > 0x7F]


def _priced(*groups: tuple[float, list[str]]) -> dict[str, float]:
    """Spread the share of each group over its characters; a character counts where it comes first."""
    prices: dict[str, float] = {}
    for share, chars in groups:
        fresh = [char for char in chars if char not in prices]
        prices.update(dict.fromkeys(fresh, log(share / max(1, len(fresh)))))
    return prices


def _chinese(encoding: str, common: range, rest: range, commonest: str) -> dict[str, float]:
    return _priced(
        (0.14, list(_PUNCTUATION)),
        (0.45, list(commonest)),
        (0.40, _plane(encoding, common)),
        (0.008, _plane(encoding, rest)),
        (0.002, _latin_forms()),
        (0.00002, _kana()),
    )


def _japanese() -> dict[str, float]:
    return _priced(
        (0.12, list(_PUNCTUATION)),
        (0.42, [chr(code) for code in range(0x3041, 0x3094)]),
        (0.12, [chr(code) for code in range(0x30A1, 0x30F7)]),
        (0.15, list(_KANJI)),
        (0.16, _plane("euc_jp", range(0xB0, 0xD0))),
        (0.004, _plane("euc_jp", range(0xD0, 0xF5))),
        (0.005, _latin_forms()),
        (0.0005, [chr(code) for code in range(0xFF61, 0xFFA0)]),
    )


def _narrow() -> dict[str, float]:
    return _priced(
        (0.52, list(_NARROW_KANA)),
        (0.20, [chr(code) for code in range(0xFF61, 0xFFA0)]),
        (0.08, list(_PUNCTUATION)),
        (0.05, [chr(code) for code in range(0x3041, 0x3094)]),
        (0.05, list(_KANJI)),
        (0.05, _plane("euc_jp", range(0xB0, 0xD0))),
        (0.02, _latin_forms()),
    )


def _korean() -> dict[str, float]:
    return _priced(
        (0.03, list(_PUNCTUATION)),
        (0.60, list(_HANGUL)),
        (0.35, _plane("euc_kr", range(0xB0, 0xC9))),
        (0.005, _plane("euc_kr", range(0xCA, 0xFE))),
        (0.002, [chr(code) for code in range(0xAC00, 0xD7A4)]),
        (0.002, _latin_forms()),
        (0.00002, _kana()),
    )


def _latin_forms() -> list[str]:
    return [chr(code) for code in range(0xFF01, 0xFF5F)] + list("○●◎△▲□■☆★※→←↑↓℃①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ〇々〆")


def _kana() -> list[str]:
    return [chr(code) for code in range(0x3041, 0x30FF)]


_ENCODINGS: Final = (
    ("gb18030", "zh-cn", 0.0),
    ("gb18030", "zh-tw", -6.0),
    ("big5", "zh-tw", 0.0),
    ("big5hkscs", "zh-tw", -3.0),
    ("cp950", "zh-tw", -2.0),
    ("shift_jis", "ja", 0.0),
    ("cp932", "ja", -0.5),
    ("euc_jp", "ja", 0.0),
    ("shift_jis", NARROW, -6.0),
    ("euc_jp", NARROW, -8.0),
    ("euc_kr", "ko", 0.0),
    ("cp949", "ko", -0.5),
    ("johab", "ko", -5.0),
    *(
        (wide, language, -12.0)
        for wide in ("utf-16-le", "utf-16-be")
        for language in ("zh-cn", "zh-tw", "ja", "ko")
    ),
)


def east_scores(data: bytes, only: Collection[str] = ()) -> list[Score]:
    """Score the encodings of East Asia, all or some, that the bytes can be but for a few."""
    scores = []
    decoded: dict[str, str] = {}
    floor = plain_floor(Pairs.of(data))
    for encoding, language, prior in _ENCODINGS:
        if (only and encoding not in only) or (encoding.startswith("utf-16") and len(data) % 2):
            continue
        if encoding not in decoded:
            decoded[encoding] = data.decode(encoding, "replace")
        text = decoded[encoding]
        if language == NARROW and not _is_narrow(text):
            continue
        if text.count("\ufffd") <= 4 + len(data) // 200:
            scores.append(east_score(text, encoding, language, prior, floor))
    return scores


def _is_narrow(text: str) -> bool:
    """Tell whether katakana of half the width makes words: single bytes are accents in words of another script."""
    chars = _NARROW_CHAR.findall(text)
    return 0 < len(chars) <= 2 * sum(map(len, _NARROW_WORD.findall(text)))


def east_score(text: str, encoding: str, language: str, prior: float, floor: float) -> Score:
    """Score a text as one of the languages of East Asia; its ASCII is worth no less than `floor`."""
    prices = _prices(language)
    counts = Counter(text)
    high = sum(count * _price(char, prices) for char, count in counts.items() if not " " <= char <= "~")
    high += _TOUCH * len(_SEAM.findall(text))
    return Score(encoding, language, high + max(floor, _latin_price(text)) + prior + _FEW, high)


def _latin_price(text: str) -> float:
    """Return what the ASCII in the text costs."""
    plain = len(_PLAIN.findall(text))
    doubt: float = UNKNOWN_DOUBT * plain**0.5
    return ASCII_WEIGHT * (UNKNOWN_PLAIN * plain - doubt)


def _price(char: str, prices: dict[str, float]) -> float:
    price = prices.get(char)
    if price is not None:
        return price
    if char in "\t\n\r\f":
        return 0.0
    return _CONTROL if char == "\ufffd" or 0xE000 <= ord(char) < 0xF900 or ord(char) < 0xA0 else _OTHER
