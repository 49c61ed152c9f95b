"""The day and the time that a message asks for. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import AbstractSet

from clinic.household import people_in
from understanding.when import When, read_when


def wished_time(text: str, language: str, local: datetime, weekend: AbstractSet[int]) -> When:
    """Without what is said of people: Layla is no night, Khamis no Thursday, and a date of birth is no wish.

    `local`: now, by the clinic's clock.
    """
    for person in people_in(text, language, today=local.date()):
        if person.name or person.birth_date or person.age_years is not None:
            text = text[: person.start] + "·" * (person.end - person.start) + text[person.end :]
    return read_when(text, local, weekend)
