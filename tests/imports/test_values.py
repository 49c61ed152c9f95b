"""From cells to values."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Callable
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import values
from imports.problems import BadValue

RIYADH = ZoneInfo("Asia/Riyadh")
TODAY = date(2026, 11, 24)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
DAYS = st.dates(date(1907, 1, 1), TODAY)


def fault(read: Callable[..., Any], *given: Any) -> str:
    with pytest.raises(BadValue) as caught:
        read(*given)
    return caught.value.code


@given(
    st.integers(0, 9_999_999),
    st.sampled_from(("050", "053", "055", "056", "059")),
    st.sampled_from((str, lambda n: n.translate(ARABIC), lambda n: n.translate(PERSIAN))),
    st.sampled_from(("{0}", "+966{1}", "00966{1}", "966{1}", "+966 (0) {1}", "{1}", "\u200e+966 {1}\u200f", "{0}.0")),
)
def test_a_number_is_read_the_same_in_every_notation(
    rest: int, prefix: str, digits: Callable[[str], str], notation: str
) -> None:
    national = f"{prefix}{rest:07d}"
    assert values.read_phone(digits(notation.format(national, national[1:])), "SA") == f"966{national[1:]}"


@pytest.mark.parametrize("country", ["SA", "EG", "AE", "JO", "KW", "LB", "MA", "GB", "US"])
@pytest.mark.parametrize("style", list(range(3)))  # E.164, international, national
def test_what_was_read_is_read_again_to_the_same(country: str, style: int) -> None:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    digits = values.read_phone(phonenumbers.format_number(example, style), country)
    assert f"+{digits}" == phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert values.read_phone(f"+{digits}", "SA") == values.read_phone(digits, country) == digits


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("050", "phone_short"),
        ("05000000010000000000", "phone_long"),
        ("+966 11", "phone_short"),
        ("+999 50 000 0001", "phone_country"),
        ("9.665E+11", "phone_shortened"),
        ("9,66500000001E+11", "phone_shortened"),
        ("0500000001 / 0500000002", "phone_two"),
        ("0500000001، 0500000002", "phone_two"),
        ("mobile 0500000001", "phone_letters"),
        ("بدون", "phone_letters"),
        ("05+00000001", "phone_unreadable"),
        ("-", "phone_unreadable"),
        ("0000000000", "phone_"),
        ("1234567890", "phone_"),
    ],
)
def test_a_number_that_is_none_is_bad_with_its_reason(written: str, code: str) -> None:
    assert fault(values.read_phone, written, "SA").startswith(code)


@given(
    DAYS,
    st.sampled_from(("{0:%Y-%m-%d}", "{0.day}/{0.month}/{0:%Y}", "{0:%d-%m-%Y}", "{0:%d.%m.%Y}", "{0:%Y/%m/%d}",
                     "{0:%Y%m%d}", "{0.day} {0:%B} {0:%Y}", "{0.day} {0:%b} {0:%Y}", "{0:%Y-%m-%d} 00:00:00",
                     "{0:%Y-%m-%d}T13:45:00Z", "{0:%d/%m/%Y} 5:30 pm", "{0:%d/%m/%Y} م")),
    st.booleans(),
)  # fmt: skip
def test_a_day_is_read_from_every_notation_in_both_digits(day: date, notation: str, arabic: bool) -> None:
    written = notation.format(day)
    assert values.read_day(written.translate(ARABIC) if arabic else written) == day


@given(st.dates(date(1927, 6, 1), date(2100, 1, 1)))
def test_the_days_that_excel_counts_are_read(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert values.read_day(str(serial)) == values.read_day(f"{serial}.5") == day


def test_hijri_years_are_read_as_hijri() -> None:
    assert values.read_day("1410/10/06") == values.read_day("٦/١٠/١٤١٠ هـ") == date(1990, 5, 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("30/02/2020", "date_impossible"),
        ("12/25/1990", "date_impossible"),
        ("2023-02-29", "date_impossible"),
        ("0000-01-01", "date_impossible"),
        ("1/5/90", "date_short_year"),
        ("1990", "date_unreadable"),
        ("yesterday", "date_unreadable"),
        ("1990-05", "date_unreadable"),
        ("32 may 1990", "date_impossible"),
        ("1 mmm 1990", "date_unreadable"),
        ("99999999", "date_impossible"),
    ],
)
def test_a_day_that_there_is_not_is_bad(written: str, code: str) -> None:
    assert fault(values.read_day, written) == code


def test_nobody_is_born_tomorrow_or_in_the_century_before_the_last() -> None:
    assert values.read_birth_date("2026-11-24", TODAY) == TODAY
    assert fault(values.read_birth_date, "2026-11-25", TODAY) == "birth_future"
    assert fault(values.read_birth_date, "1/1/1890", TODAY) == "birth_old"
    assert fault(values.read_birth_date, "1905-12-31", TODAY) == "birth_old"


@given(st.times().map(lambda clock: clock.replace(second=0, microsecond=0)), st.booleans())
def test_a_time_is_read_from_every_notation_in_both_digits(clock: time, arabic: bool) -> None:
    hour = clock.hour % 12 or 12
    half = ("pm", "م", "مساءً") if clock.hour >= 12 else ("am", "ص", "صباحًا")
    forms = [f"{clock:%H:%M}", f"{clock:%H:%M}:00", f"{(clock.hour * 60 + clock.minute) / 1440:.9f}"]
    forms += [f"{hour}:{clock.minute:02d} {word}" for word in half] + [f"{hour}.{clock.minute:02d}{half[0].upper()}"]
    for form in forms:
        assert values.read_clock(form.translate(ARABIC) if arabic and "." not in form else form) == clock


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("25:00", "time_impossible"),
        ("17:60", "time_impossible"),
        ("13:00 am", "time_impossible"),
        ("0:30 pm", "time_impossible"),
        ("noon", "time_unreadable"),
        ("5", "time_unreadable"),
        ("5:3", "time_unreadable"),
        ("5:30 xx", "time_unreadable"),
    ],
)
def test_a_time_that_there_is_not_is_bad(written: str, code: str) -> None:
    assert fault(values.read_clock, written) == code


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0)))
def test_a_moment_on_the_clinics_clock_is_read_from_every_notation(local: datetime) -> None:
    expected = local.replace(tzinfo=RIYADH)
    half = "م" if local.hour >= 12 else "ص"
    forms = (
        f"{local:%Y-%m-%d %H:%M}",
        f"{local:%Y-%m-%dT%H:%M}:00",
        f"{local:%Y-%m-%dT%H:%M}:00+03:00",
        f"{expected.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S.000Z}",
        f"{local:%d/%m/%Y} {local:%I:%M %p}",
        f"{local:%d/%m/%Y}، {local:%I:%M} {half}".translate(ARABIC),
        f"{(local - datetime(1899, 12, 30)) / timedelta(days=1):.9f}",
    )
    for form in forms:
        moment = values.read_moment(form, RIYADH)
        assert (moment, moment.tzinfo) == (expected, timezone.utc), form


def test_a_time_that_the_change_of_clocks_leaves_out_is_bad_and_of_a_double_one_the_first_is_meant() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert fault(values.read_moment, "2026-04-24 00:30", cairo) == "time_left_out"
    assert values.read_moment("2026-10-29 23:30", cairo).hour == 20  # +03:00, before the clocks go back


@pytest.mark.parametrize("text", ["", "-", "N/A", "null", "123", "...", "غير معروف", "\u200f", "\ud800"])
def test_what_is_no_name_is_bad(text: str) -> None:
    assert fault(values.read_name, text) == "no_name"


def test_a_name_keeps_its_spelling_without_what_nobody_sees() -> None:
    assert values.read_name(" \ufeffمنى\u00a0 صالح\u200f\x00") == "منى صالح"


@pytest.mark.parametrize(
    ("read", "words", "value"),
    [
        (values.read_gender, ("male", "M", "ذكر", "الذكر", "Mr"), "male"),
        (values.read_gender, ("Female", "f", "أنثى", "انثي", "إمرأة"), "female"),
        (values.read_yes_no, ("yes", "TRUE", "1", "نعم", "موافق", "✓"), True),
        (values.read_yes_no, ("no", "FALSE", "0", "لا", "غير موافق"), False),
        (values.read_weekdays, ("Sunday", "sun", "الأحد", "يوم الاحد"), (6,)),
        (values.read_weekdays, ("Mon|Tue", "الاثنين؛ الثلاثاء", "monday, tuesday", "الإثنين، الثلاثاء"), (0, 1)),
        (values.read_languages, ("Arabic; English", "ar|en", "العربية، الإنجليزية", "عربي,انجليزي"), ("ar", "en")),
        (values.read_patient_language, ("English", "en-GB", "en_US", "انجليزي"), "en"),
        (values.read_list, ("asthma|flu", " asthma ; flu;", "asthma، flu", "asthma؛flu|asthma"), ("asthma", "flu")),
    ],
)
def test_words_are_read_in_both_languages(read: Callable[[str], Any], words: tuple[str, ...], value: Any) -> None:
    assert [read(word) for word in words] == [value] * len(words)


@pytest.mark.parametrize("read", [values.read_gender, values.read_yes_no, values.read_weekdays, values.read_languages])
def test_any_other_word_is_bad(read: Callable[[str], Any]) -> None:
    assert fault(read, "perhaps").endswith("_unreadable")


READERS = (
    values.read_name, values.read_day, values.read_clock, values.read_gender, values.read_yes_no, values.read_list,
    values.read_weekdays, values.read_languages, values.read_words,
    lambda text: values.read_phone(text, "SA"),
    lambda text: values.read_moment(text, RIYADH),
    lambda text: values.read_whole(text, 0, 10),
)  # fmt: skip


@given(st.text(max_size=40), st.sampled_from(READERS))
def test_no_text_at_all_breaks_a_reader(text: str, read: Callable[[str], Any]) -> None:
    try:
        read(text)
    except BadValue as error:
        assert error.code
