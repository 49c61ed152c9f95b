"""Which of the clinic's doctors a message names. Pure."""

from __future__ import annotations

from typing import Optional, Sequence

from clinic.schedule import Practitioner
from understanding.folding import fold
from understanding.lexicon.entities import DOCTOR_TITLES

_TITLES = frozenset(fold(title) for title in DOCTOR_TITLES)


def doctor_named(said: str, doctors: Sequence[Practitioner]) -> Optional[Practitioner]:
    """The one in whose name, in either language, every word said stands. Titles are no names."""
    words = [word for word in fold(said).replace(".", " ").split() if word not in _TITLES]
    for doctor in doctors:
        for name in (doctor.name_en, doctor.name_ar):
            if words and set(words) <= set(fold(name).replace(".", " ").split()):
                return doctor
    return None
