"""A lock conflict between two at the desk is begun again; anything else is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from clinic.demo import DemoClinic
from desk.pages import appointments as page
from tests.desk.conftest import NOW, Browser, Front
from tests.desk.test_appointments import book, marked, status_of


class _Deadlocked(Exception):
    pgcode = "40P01"


class _Away(Exception):
    pgcode = None


def stumbles(monkeypatch: pytest.MonkeyPatch, *faults: Exception) -> None:
    left: Iterator[Exception] = iter(faults)
    honest = page.mark

    def mark(*arguments: object, **named: object) -> None:
        for fault in left:
            raise OperationalError("update", {}, fault)
        honest(*arguments, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(page, "mark", mark)


def test_a_lock_conflict_is_begun_again(
    reem: Browser, front: Front, clinic: DemoClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = book(front, clinic, NOW + timedelta(minutes=10), "Mona Saleh")
    stumbles(monkeypatch, _Deadlocked(), _Deadlocked())
    assert marked(reem, visit, "arrived").status_code == 200
    assert status_of(front, visit) == "arrived"


@pytest.mark.parametrize("faults", [[_Deadlocked()] * 3, [_Away()]])
def test_what_does_not_pass_is_said(
    reem: Browser, front: Front, clinic: DemoClinic, monkeypatch: pytest.MonkeyPatch, faults: list[Exception]
) -> None:
    visit = book(front, clinic, NOW + timedelta(minutes=10), "Mona Saleh")
    stumbles(monkeypatch, *faults)
    answer = marked(reem, visit, "arrived")
    assert answer.status_code == 503 and "try again" in answer.text
    assert status_of(front, visit) == "booked"
