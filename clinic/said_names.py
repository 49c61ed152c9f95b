"""Names of people as they stand among the words of a message. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence

from clinic.people_lexicon.given_names import CANONICAL, WEAK, WOMENS
from clinic.people_lexicon.not_names import ADJECTIVES_AFTER, NAME_MARKERS, STOPS
from clinic.people_lexicon.relatives import ARABIC, ENGLISH
from clinic.said_ages import age_at, birth_at, number_at
from clinic.tokens import Token, read_tokens
from understanding.folding import fold
from understanding.lexicon.entities import DOCTOR_TITLES

SEPARATORS = frozenset(", ; / & + - – — • | . ( ) : and و w ، ؛ !".split())
_TITLES = frozenset(fold(title) for title in DOCTOR_TITLES) | frozenset(
    "الطبيب الطبيبه طبيبه دكتورنا professor doctora doktor doktora d. drs nurse dktor dktora".split()
)
_SERVANTS_OF = frozenset("عبد abd abdul abdel abdal abdu abdoul abed abdur".split())
_PARENTS_OF = frozenset("ابو ام abu abou abo umm um oum om bou".split())
_SONS_OF = frozenset("بن ابن bin ben ibn".split())
_ARTICLES = frozenset("al el ال".split())
_MOST_WORDS = 4
# Words with which somebody goes on talking instead of giving a name.
_SPEAKING = frozenset(
    "no not nope sorry actually instead better rather could what why who when where how i don't dont i'm im are please "
    "wait moment moments second let's khaleha khaliha khalliha "
    "لا لأ مو مش غير غيري غيرو خليها خليه خليهم خلها خله احسن افضل بدل عدل عدلي اجل ليش ليه لماذا كيف وش ايش شو متي "
    "وين هل لحظه ثواني دقيقه شوي شويه استني انتظر اريد ابي ابغي بدي عايز عايزه ممكن الاسم اسم الاحد".split()
)


@dataclass(frozen=True)
class Name:
    """From `start` in the message to before the token `end`; `stop` is its last offset."""

    start: int
    stop: int
    end: int
    known: bool


def name_at(
    tokens: Sequence[Token],
    index: int,
    *,
    marked: bool = False,
    woman: bool = False,
    many: bool = False,
    strict: bool = False,
    joined: bool = False,
    within: int = 0,
) -> Optional[Name]:
    """The name that begins at this token.

    `marked`: after "named", so any word that can be a name is one. `woman`: of a daughter, a wife ("عمر ٥" is an age
    then). `many`: one of several, so a woman's name after another name is the next one. `strict`: known names only.
    `joined`: an Arabic "and" may be written onto it. `within`: so many letters are written onto it.
    """
    if index >= len(tokens) or not tokens[index].is_word or is_title(tokens[index]):
        return None
    token = tokens[index]
    shift = within or _shift(token, joined)
    if shift is None:
        return None
    end = _compound(tokens, index, shift)
    known = end > index or _known(token, shift)
    if known and end == index:
        if not _believed(tokens, index, shift, woman, marked):
            return None
        end = index + 1
    elif not known:
        if strict or not _may_be_unknown(tokens, index, shift, marked):
            return None
        end = index + 1
    end = _with_surnames(tokens, index, end, many)
    return Name(token.start + shift, tokens[end - 1].end, end, known)


def sounds_like_a_name(text: str, language: str) -> bool:
    """Whether words that were typed for a name can be one: "no, Sunday" and "another time please" are an answer to
    something else. A name that is also a word ("April Jones") stays one beside what is none."""
    words = [token for token in read_tokens(text, language) if token.is_word]
    if any(_known(token, 0) for token in words[:1]):
        return True
    other = [token for token in words if _is_other_word(token)]
    return bool(words) and 2 * len(other) <= len(words) and not (words[0] in other and _speaks(words[0]))


def _is_other_word(token: Token) -> bool:
    bare = token.word[2:] if token.word.startswith("ال") else token.word
    return bool({token.word, token.reading, bare} & (STOPS | _SPEAKING))


def _speaks(token: Token) -> bool:
    return bool({token.word, token.reading} & _SPEAKING)


def is_title(token: Token) -> bool:
    return token.word in _TITLES or token.reading in _TITLES or token.reading.lstrip("ول") in _TITLES - {"د"}


def is_separator(token: Token) -> bool:
    return token.word in SEPARATORS or token.reading == "و"


def ends_at(tokens: Sequence[Token], index: int) -> bool:
    """Whether a clause ends before this token, or an age or another person follows."""
    if index >= len(tokens) or tokens[index].line or is_separator(tokens[index]) or not tokens[index].is_word:
        return True
    token = tokens[index]
    bare = token.reading[1:]
    if token.is_arabic and token.reading[0] == "و" and (bare in CANONICAL or bare in ARABIC or bare[1:] in ARABIC):
        return True
    marker = token.reading in NAME_MARKERS or bare in NAME_MARKERS
    return marker or age_at(tokens, index) is not None or birth_at(tokens, index, None) is not None


def _shift(token: Token, joined: bool) -> Optional[int]:
    """How many letters before the name are the "and" written onto it."""
    if not token.is_arabic or not joined or spelling_of(token) in CANONICAL or token.word[0] != "و":
        return 0
    return 1 if len(token.word) > 3 else None


def spelling_of(token: Token, shift: int = 0) -> str:
    """As it stands in the list of names: no apostrophes, no closing hamza."""
    word = token.word[shift:].replace("'", "")
    return word if word in CANONICAL or not word.endswith("ء") else word[:-1]


def _known(token: Token, shift: int) -> bool:
    return spelling_of(token, shift) in CANONICAL


def _believed(tokens: Sequence[Token], index: int, shift: int, woman: bool, marked: bool) -> bool:
    """Whether a word that is in the list of names is one here."""
    token, spelling = tokens[index], spelling_of(tokens[index], shift)
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if spelling == "علي" and following is not None and _is_on(token, tokens, index + 1):
        return False
    if (spelling == "عمرو" or (spelling == "عمر" and woman)) and number_at(tokens, index + 1) is not None:
        return False  # his age, her age
    if spelling not in WEAK or marked:
        return True
    if token.is_arabic:
        return ends_at(tokens, index + 1)
    return token.capital or age_at(tokens, index + 1) is not None


def _is_on(token: Token, tokens: Sequence[Token], index: int) -> bool:
    """The preposition "على", which folds to the name."""
    following = tokens[index]
    if ends_at(tokens, index):
        return False
    if following.reading.startswith("ال") and not _is_family_name(following):
        return True
    return following.reading in STOPS and following.reading not in CANONICAL


def _may_be_unknown(tokens: Sequence[Token], index: int, shift: int, marked: bool) -> bool:
    token = tokens[index]
    word = token.word[shift:]
    if len(word) < 2 or not word.replace("'", "").replace("-", "").isalpha():
        return False
    if {word, token.reading[shift:] if token.is_arabic else token.reading} & STOPS or _bare(word) in STOPS:
        return False
    aged = index + 1 < len(tokens) and not is_separator(tokens[index + 1]) and age_at(tokens, index + 1) is not None
    return marked or token.capital or aged


def _bare(word: str) -> str:
    """Without what Arabic writes onto a word."""
    for prefix in ("وال", "بال", "لل", "ال", "و", "ل", "ب", "ف"):
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            return word[len(prefix) :]
    return word


def _compound(tokens: Sequence[Token], index: int, shift: int) -> int:
    """The token after "عبد الله", "نور الدين", "أم محمد", "Abu Ahmed"; `index` when none begins here."""
    first = tokens[index].word[shift:]
    place = index + 1
    while place < len(tokens) and tokens[place].word in ("-", "'", "al", "el") and first not in _SONS_OF:
        place += 1
    if place >= len(tokens) or not tokens[place].is_word or tokens[place].line:
        return index
    second = tokens[place]
    nobody = second.reading in ARABIC or second.word in ENGLISH or second.word in STOPS
    if first in _SERVANTS_OF and not nobody:
        return place + 1
    if first in _PARENTS_OF and (spelling_of(second) in CANONICAL or second.capital) and second.word not in ENGLISH:
        return place + 1
    faithful = spelling_of(tokens[index], shift) in CANONICAL and second.word in _FAITH
    return place + 1 if faithful or f"{first} {second.word}" in CANONICAL else index


_FAITH = frozenset("الدين الله الاسلام eddine aldin uddin addin eldin eldeen aldeen".split())


def _with_surnames(tokens: Sequence[Token], index: int, end: int, many: bool) -> int:
    """The token after the father's and the family's names."""
    capital = tokens[index].capital
    while end < len(tokens) and end - index < _MOST_WORDS:
        after = _surname(tokens, end, capital, many)
        if after == end:
            break
        end = after
    return end


def _surname(tokens: Sequence[Token], index: int, capital: bool, many: bool) -> int:
    token = tokens[index]
    if token.line or not token.is_word or is_title(token) or token.reading in ADJECTIVES_AFTER:
        return index
    if token.word in _SONS_OF | _ARTICLES | {"abu", "ابو"}:
        place = index + 1
        while place < len(tokens) and tokens[place].word in ("-", "al", "el"):
            place += 1
        named = place < len(tokens) and tokens[place].is_word and not tokens[place].line
        return place + 1 if named and (_goes_on(tokens, place, capital) or token.word in _ARTICLES) else index
    if spelling_of(token) in CANONICAL:
        another = many and spelling_of(token) in WOMENS
        return index + 1 if not another and _believed(tokens, index, 0, False, False) else index
    return index + 1 if _goes_on(tokens, index, capital) else index


def _goes_on(tokens: Sequence[Token], index: int, capital: bool) -> bool:
    token = tokens[index]
    if spelling_of(token) in CANONICAL or _is_family_name(token):
        return True
    return capital and token.capital and token.word not in STOPS


def _is_family_name(token: Token) -> bool:
    """ "الحربي", "الغامدي"; in Latin letters "alharbi"."""
    word = token.word
    if word in STOPS or _bare(word) in STOPS:
        return False
    return (word.startswith("ال") and word.endswith("ي") and len(word) > 5) or (
        word.startswith(("al-", "al", "el")) and word.endswith(("i", "y")) and len(word) > 6
    )
