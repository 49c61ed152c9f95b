"""From a text to a `Reading`: safety net, classifier, entities, dates. Pure but for loading; no Rasa, no TensorFlow."""

from __future__ import annotations

import re
import tarfile
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Sequence

from understanding.arabizi import language_of, to_arabic
from understanding.classifier import IntentClassifier, Ranked
from understanding.entities import Found, read_entities
from understanding.folding import Folded, fold_with_origin
from understanding.routes import CLEAR_LEAD, HUMAN_SURE, RANK, ROUTES, UNSURE, route_of
from understanding.safety import check
from understanding.when import When, find_when

# Longer than any message of WhatsApp's; what stands behind it is not read.
LONGEST = 4096
# Where one meaning may end and the next begin, in folded text: signs, joining words, an "and" before a new request.
_ENGLISH_STARTS = "where|when|what|which|how|who|do|does|can|could|is|are|i|book|move|cancel|please|also"
_ARABIC_STARTS = (
    "كم|بكم|وين|فين|اين|متي|امتي|امتا|هل|ايش|شنو|اشنو|ايه|شو|كيف|ازاي|شلون|ليش|عندكم|عندكو|عندك|احجز|حجز|ابي|ابغي|اريد|بدي|عايز|"
    "عاوز|ممكن|تقبلون|بتقبلو|بغيت|الغي|كنسل|حاب|محتاج|ودي"
)
_ARABIZI_STARTS = (
    "fein|fen|feen|wein|wen|ween|kam|bkam|bekam|emta|eemta|hal|momken|mumkin|abi|abgha|3ayez|3ayz|3ayza|bedi|beddi|shu|eh|esh|"
    "a7gez|e7gez"
)
_PARTS = re.compile(
    r"[.!?,;]+\s|[!?]+|\s(?:and also|also|by the way|btw|but|وكمان|وايضا|بس|وبعدين)\s"
    rf"|\sand\s(?=(?:{_ENGLISH_STARTS})\b)"
    rf"|\s(?=و(?:{_ARABIC_STARTS})(?!\w))|\s(?:w|we|wa)\s(?=(?:{_ARABIZI_STARTS})\b)"
)
# "The third one", "2", "التاني": it has a meaning only where something was offered, never one of its own.
_PLACE = re.compile(
    r"(?:the |number |no\.? ?|رقم |ال ?|el )?(?:\d{1,2}|first|second|third|fourth|fifth|sixth|seventh|eighth|last|"
    r"اول(?:ي|ه)?|ثاني?ه?|تاني?ه?|ثالثه?|تالته?|رابعه?|خامسه?|سادسه?|سابعه?|ثامنه?|تامنه?|اخير|awal|tani|thani|talet|thaleth)"
    r"(?: one| واحد| واحده)?"
)
# A part's meaning counts when it is as clear as this by itself.
PART_SURE = 0.35
MOST_PARTS = 6
_RESOURCE = "understanding"


class NoModel(Exception):
    """There is no trained model; the message says how to get one."""


@dataclass(frozen=True)
class Part:
    """A stretch of the message with a meaning of its own; start and end are offsets into the original text."""

    intent: str
    confidence: float
    sure: bool
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """`intent` is always one of the contract; being unsure shows in `confidence`, `reason` and `sure`."""

    text: str
    language: str  # en | ar | arabizi | mixed
    intent: str
    confidence: float
    route: str  # bot | human | human_now | emergency
    reason: str
    sure: bool
    entities: tuple[Found, ...] = ()
    when: When = When()
    ranking: tuple[Ranked, ...] = ()
    parts: tuple[Part, ...] = ()  # where a message may have several meanings; all of it is covered
    unsure_urgent: bool = False

    def to_json(self) -> dict[str, Any]:
        """The contract of `istiqbal understand`."""
        entities: dict[str, list[dict[str, Any]]] = {}
        for one in self.entities:
            entities.setdefault(one.entity, []).append(
                {"value": one.value, "text": one.text, "start": one.start, "end": one.end}
            )
        return {
            "text": self.text,
            "language": self.language,
            "intent": self.intent,
            "confidence": round(self.confidence, 4),
            "route": self.route,
            "reason": self.reason,
            "entities": entities,
            "when": {"date": self.when.date, "time": self.when.time},
        }


@dataclass
class Understanding:
    """Reads messages with one trained classifier."""

    classifier: IntentClassifier
    _extracted: Any = field(default=None, repr=False)

    @classmethod
    def load(cls, model: Path) -> Understanding:
        """From a model of `rasa train` (models/*.tar.gz), without Rasa. Raises NoModel."""
        folder = tempfile.TemporaryDirectory()
        with tarfile.open(model) as archive:
            members = [
                member
                for member in archive.getmembers()
                if member.isfile() and f"/{_RESOURCE}/" in f"/{member.name}" and ".." not in member.name
            ]
            archive.extractall(folder.name, members)
        found = next(iter(Path(folder.name).rglob("model.skops")), None)
        if found is None:
            folder.cleanup()
            raise NoModel(f"{model.name} was not trained with this project's config.yml; run `make train`.")
        loaded = cls(IntentClassifier.load(found.parent))
        folder.cleanup()
        return loaded

    def read(self, text: str, now: datetime) -> Reading:
        return self.read_all([text], now)[0]

    def read_all(self, texts: Sequence[str], now: datetime) -> list[Reading]:
        shortened = [text[:LONGEST] for text in texts]
        rankings = self.classifier.rank_all(shortened) if shortened else []
        return [self._read(text, ranking, now) for text, ranking in zip(texts, rankings, strict=True)]

    def _read(self, text: str, ranking: Sequence[Ranked], now: datetime) -> Reading:
        short = text[:LONGEST]
        origin = fold_with_origin(short)
        folded = origin.text
        best = ranking[0]
        intent, confidence, reason = best.intent, best.confidence, "classifier"
        sure = is_sure(ranking)
        parts = self._parts(origin)
        human = [one.intent for one in parts if one.sure and one.intent in ROUTES]
        if human and intent not in ROUTES:
            intent, reason = min(human, key=RANK.index), "part"
        safety = check(folded, to_arabic(folded))
        if safety.alarm is not None and _raises(safety.alarm.intent, intent):
            intent, confidence, sure = safety.alarm.intent, max(confidence, 0.95), True
            reason = f"safety:{safety.alarm.sign}"
        elif intent in ROUTES:
            # No alarm and no person on a mere guess: what the safety net does not see, the classifier has to mean.
            sure = confidence >= HUMAN_SURE or (sure and intent not in ("emergency", "request_human"))
        if _PLACE.fullmatch(folded.strip(" .!?,")) or not any(sign.isalnum() for sign in folded):
            sure, reason = False, "no words"
        elif not sure:
            reason = "unsure"
        # A faint suspicion of an emergency is asked about, not acted upon and not passed over.
        suspected = intent == "emergency" and not sure and confidence >= UNSURE and reason != "no words"
        spans = find_when(short, now)
        days = [span.value for span in spans if span.entity == "date"]
        times = [span.value for span in spans if span.entity == "time"]
        when = When(days[0] if days else None, times[0] if times else None)
        dated = tuple(
            Found(span.entity, span.value, short[span.start : span.end], span.start, span.end) for span in spans
        )
        return Reading(
            text=text,
            language=language_of(folded),
            intent=intent,
            confidence=confidence,
            route=route_of(intent) if sure else "bot",
            reason=reason,
            sure=sure,
            entities=(*read_entities(short), *dated),
            when=when,
            ranking=tuple(ranking),
            parts=parts,
            unsure_urgent=suspected or (safety.unsure_urgent and route_of(intent) == "bot"),
        )

    def _parts(self, folded: Folded) -> tuple[Part, ...]:
        """None where the message is one piece, or where no piece is clear by itself."""
        cuts = [0, *(match.end() for match in _PARTS.finditer(folded.text)), len(folded.text)]
        spans = [(start, end) for start, end in pairwise(cuts) if any(map(str.isalnum, folded.text[start:end]))]
        if not 2 <= len(spans) <= MOST_PARTS:
            return ()
        parts = []
        for (start, end), ranked in zip(
            spans,
            self.classifier.rank_all(
                [folded.text[start:end].strip(" .,!?;").removesuffix(" and") for start, end in spans]
            ),
            strict=True,
        ):
            best = ranked[0]
            sure = best.confidence >= PART_SURE and is_sure(ranked)
            parts.append(Part(best.intent, best.confidence, sure, *folded.span(start, end)))
        return tuple(parts) if any(part.sure for part in parts) else ()


def is_sure(ranking: Sequence[Ranked]) -> bool:
    best = ranking[0].confidence
    second = ranking[1].confidence if len(ranking) > 1 else 0.0
    return best >= UNSURE and best >= CLEAR_LEAD * second


def _raises(alarm: str, intent: str) -> bool:
    """The safety net confirms or raises, to something more human than what the classifier saw; it never lowers."""
    return intent not in RANK or RANK.index(alarm) <= RANK.index(intent)


def newest_model(folder: Path) -> Path:
    """Raises NoModel."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise NoModel("There is no trained model in models/ yet; run `make train` (about a minute).")
    return models[-1]
