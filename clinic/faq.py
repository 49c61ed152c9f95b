"""Questions with one answer. From the schedule where it knows, else the clinic's own text, else a person."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Callable, Optional, Sequence, Union

from babel.numbers import get_currency_name
from sqlalchemy import select

from clinic import faq_doctors, requests
from clinic.booking_flow import BOOKING
from clinic.database.tables import insurers
from clinic.dialogue import Reply, Turn
from clinic.faq_doctors import Team, load_team, named_in, named_or_open, specialty_none
from clinic.faq_texts import clinic_text, leave_to_reception, listed, unanswered
from clinic.menu import menu_choices
from clinic.schedule import Service, Specialty, services_of
from clinic.services import service_named
from clinic.texts import say
from understanding.arabizi import to_arabic
from understanding.folding import fold

# A price list longer than this is shown by specialty; a treatment's own price is told when it is named.
MOST_PRICE_LINES = 20


def answer_faq(turn: Turn, topic: str) -> Reply:
    """`topic` is the intent without `faq_`."""
    if topic in requests.WISHES:
        return requests.answer_wish(turn, topic)
    if topic == "female_doctor" and turn.open_question is None and _wants_to_book(turn):
        return BOOKING.begin(turn)
    live = _LIVE.get(topic)
    text = (live(turn) if live else None) or clinic_text(turn, topic)
    if text is None:
        return unanswered(turn)
    choices = menu_choices(turn.language, "menu_book") if topic in _LEADS_TO_BOOKING else ()
    return Reply(text, choices)


# "Book general medicine with a lady doctor": the doctor is a wish of the booking.
_BOOKS = re.compile(r"\b(?:book|reserve|appointment|slot)\b|(?<!\w)[ابنوت]?(?:ال)?(?:حجز|احجز|موعد|معاد|ميعاد)")


def _wants_to_book(turn: Turn) -> bool:
    folded = fold(turn.message.text)
    said = any(_BOOKS.search(reading) for reading in (folded, to_arabic(folded)))
    return said and turn.message.first("specialty") is not None


def _location(turn: Turn) -> Optional[str]:
    clinic = turn.clinic
    address = clinic.address(turn.language)
    if not address and not clinic.map_url:
        return None
    lines = say(
        "faq_location", turn.language, clinic=clinic.name(turn.language), address=address, map=clinic.map_url or ""
    ).splitlines()
    return "\n".join(line for line in lines if line)


def _contact(turn: Turn) -> Optional[str]:
    return say("faq_contact", turn.language, phone=turn.clinic.phone) if turn.clinic.phone else None


# --- prices and services ----------------------------------------------------------------------------------------------


def _prices(turn: Turn) -> Optional[str]:
    """Of the service or specialty that is named, else of all."""
    team = load_team(turn)
    offered = services_of(turn.conn, turn.clinic.id)
    service = service_named(turn.message.text, offered)
    if service is not None:
        return _service_price(turn, team, service)
    named = named_or_open(turn, team)
    if named.unknown_specialty is not None:
        return specialty_none(turn, team)
    asked = [named.specialty] if named.specialty else team.specialties_of(named.doctor) if named.doctor else []
    if asked:
        return "\n".join(line for one in asked for line in _specialty_prices(turn, one, offered))
    return _price_list(turn, team.specialties, offered)


def _service_price(turn: Turn, team: Team, service: Service) -> str:
    name = service.name(turn.language)
    if service.price is None:
        leave_to_reception(turn, "unanswered_question")
        return say("faq_price_service_unknown", turn.language, service=name)
    return say(
        "faq_price_service",
        turn.language,
        service=name,
        specialty=_specialty_of(turn, team, service),
        price=_amount(turn, service.price),
    )


def _specialty_of(turn: Turn, team: Team, service: Service) -> str:
    return next((one.name(turn.language) for one in team.specialties if one.id == service.specialty_id), "")


def _specialty_prices(turn: Turn, specialty: Specialty, offered: Sequence[Service]) -> list[str]:
    first = say(
        "faq_prices_one", turn.language, specialty=specialty.name(turn.language), price=_amount(turn, specialty.price)
    )
    return [first, *_service_lines(turn, specialty, offered)]


def _service_lines(turn: Turn, specialty: Specialty, offered: Sequence[Service]) -> list[str]:
    return [
        say("faq_price_of_service", turn.language, service=one.name(turn.language), price=_amount(turn, one.price))
        for one in offered
        if one.specialty_id == specialty.id
    ]


def _price_list(turn: Turn, specialties: Sequence[Specialty], offered: Sequence[Service]) -> Optional[str]:
    if not specialties:
        return None
    with_services = len(specialties) + len(offered) <= MOST_PRICE_LINES
    lines: list[str] = []
    for one in specialties:
        name, price = one.name(turn.language), _amount(turn, one.price)
        lines.append(say("faq_price_line", turn.language, specialty=name, price=price))
        lines += _service_lines(turn, one, offered) if with_services else []
    text = say("faq_prices", turn.language, prices="\n".join(lines))
    return text if with_services else f"{text}\n{say('faq_price_ask', turn.language)}"


def _amount(turn: Turn, amount: Union[Decimal, float, None]) -> str:
    """ "1,250.5 SAR"; in Arabic the currency by its name."""
    if amount is None:
        return say("faq_price_unknown", turn.language)
    number = f"{Decimal(amount):,.2f}".rstrip("0").rstrip(".")
    arabic = turn.language == "ar"
    return f"{number} {get_currency_name(turn.clinic.currency, locale='ar') if arabic else turn.clinic.currency}"


def _services(turn: Turn) -> Optional[str]:
    """Whether we have what is named, else all that we have."""
    team = load_team(turn)
    offered = services_of(turn.conn, turn.clinic.id)
    service = service_named(turn.message.text, offered)
    if service is not None:
        name, field = service.name(turn.language), _specialty_of(turn, team, service)
        return say("faq_service_yes", turn.language, service=name, specialty=field, minutes=service.minutes)
    named = named_in(turn, team)
    if named.unknown_specialty is not None:
        return specialty_none(turn, team)
    shown = [named.specialty] if named.specialty else team.specialties
    lines = "\n".join(_services_line(turn, one, offered) for one in shown)
    return say("faq_services_list", turn.language, services=lines) if lines else None


def _services_line(turn: Turn, specialty: Specialty, offered: Sequence[Service]) -> str:
    names = [one.name(turn.language) for one in offered if one.specialty_id == specialty.id]
    field = specialty.name(turn.language)
    if not names:
        return say("faq_services_line", turn.language, specialty=field)
    return say("faq_services_line_with", turn.language, specialty=field, services=listed(names, turn.language))


# --- insurance --------------------------------------------------------------------------------------------------------


def _insurance(turn: Turn) -> Optional[str]:
    """Yes or no to the insurer that is named, else the clinic's list."""
    language = turn.language
    rows = turn.conn.execute(
        select(insurers.c.code, insurers.c.name_en, insurers.c.name_ar)
        .where(insurers.c.clinic_id == turn.clinic.id)
        .order_by(insurers.c.name_en)
    ).all()
    if not rows:
        return None
    names = {row.code: row.name_ar if language == "ar" else row.name_en for row in rows}
    said = fold(turn.message.text)
    # The clinic may know insurers that the word list of the entities does not.
    ours = next((row.code for row in rows if any(fold(name) in said for name in (row.name_en, row.name_ar))), None)
    asked = turn.message.first("insurer")
    code = asked.value if asked and asked.value in names else ours
    if code is not None:
        return say("faq_insurance_yes", language, insurer=names[code])
    if asked is not None:
        return say("faq_insurance_no", language, insurer=asked.text, insurers=listed(names.values(), language))
    return say("faq_insurance", language, insurers=listed(names.values(), language))


_LIVE: dict[str, Callable[[Turn], Optional[str]]] = {
    "hours": faq_doctors.hours,
    "location": _location,
    "prices": _prices,
    "insurance": _insurance,
    "doctors": faq_doctors.doctors,
    "female_doctor": faq_doctors.female_doctor,
    "services": _services,
    "contact": _contact,
}
_LEADS_TO_BOOKING = frozenset({"prices", "doctors", "female_doctor", "services", "insurance"})
