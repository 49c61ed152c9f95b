"""From bytes to rows, whatever wrote them."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.kinds import FILES
from imports.problems import UnusableFile
from imports.reading import open_table

PATIENTS = FILES["patients"]
HEADER = ("id", "name", "phone")
# What clinics write in cells; signs that Windows-1256 has too.
CELL = st.text(st.sampled_from("abcXYZ 0189'\"-_،؛.;,|\tءآأابتثجحخسشصضعغفقكلمنهويىة"), max_size=12)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8)
ENCODINGS = {
    "utf-8": b"",
    "utf-8 with mark": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "cp1256": b"",
}


def written(rows: list[tuple[str, ...]], encoding: str, separator: str, newline: str, quoting: int) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator=newline, quoting=quoting)
    writer.writerows([HEADER, *rows])
    return ENCODINGS[encoding] + file.getvalue().encode(encoding.removesuffix(" with mark"))


def cells_of(data: bytes) -> tuple[list[tuple[str, ...]], list[tuple[int | None, str]]]:
    table = open_table(data, PATIENTS)
    rows = [tuple(row.cells[name] for name in HEADER) for row in table.rows()]
    return rows, [(problem.line, problem.code) for problem in table.broken]


@given(
    rows=ROWS,
    encoding=st.sampled_from(sorted(ENCODINGS)),
    separator=st.sampled_from(",;\t"),
    newline=st.sampled_from(("\n", "\r\n", "\r")),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
)
def test_what_was_written_in_any_way_is_read_the_same(
    rows: list[tuple[str, ...]], encoding: str, separator: str, newline: str, quoting: int
) -> None:
    # A line of nothing but blanks is no row, and a line break inside of an open quote is what the next test is for.
    rows = [(f"F{number}", name, phone) for number, (_, name, phone) in enumerate(rows)]
    if encoding == "cp1256":
        # "آ،" has the bytes of "¡" in UTF-8: a list of nothing else cannot be told apart by anybody, one with words can.
        rows.append(("F", "محمد علي حسن " * 40 + "سعيد", ""))
    read, broken = cells_of(written(rows, encoding, separator, newline, quoting))
    assert (read, broken) == (rows, [])


def test_blank_lines_and_empty_cells_at_the_end_are_no_fault() -> None:
    read, broken = cells_of(b"\n\nid,name,phone,,\n1,Mona,05,,\n\n , ,\n2,Ali,06,,\n")
    assert read == [("1", "Mona", "05"), ("2", "Ali", "06")] and broken == []


def test_the_line_in_which_excel_tells_its_separator_is_believed() -> None:
    assert cells_of(b"sep=;\r\nid;name;phone\r\n1;a,b;05\r\n") == ([("1", "a,b", "05")], [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("title", ['"phone, mobile; tel"', "x,y;z"])
def test_the_separator_is_found_though_a_header_holds_others(separator: str, title: str) -> None:
    quoted = title if title.startswith('"') else f'"{title}"'
    table = open_table(separator.join(("id", "name", "phone", quoted)).encode() + b"\n", PATIENTS)
    assert table.separator == separator and table.columns.unknown == [title.strip('"')]


@pytest.mark.parametrize("torn", ['3,"Sara,05', '3,"Sara" x,05', '3,"Sara,05\n4,"Ali",06'])
def test_an_open_quote_in_the_middle_is_told_with_its_line_and_the_lines_after_it_are_read(torn: str) -> None:
    after = [f"{number},Omar,07" for number in range(10, 14)]
    read, broken = cells_of("\n".join(("id,name,phone", "1,Mona,05", torn, *after, "")).encode())
    assert broken == [(3, "quote_open")]
    ids = [row[0] for row in read]
    assert ids == ["1", *(["4"] if "Ali" in torn else []), "10", "11", "12", "13"]


def test_a_quote_that_swallows_whole_rows_is_told_though_it_closes_in_the_end() -> None:
    read, broken = cells_of(b'id,name,phone\n1,Mona,"05\n2,Ali,06\n3,Omar,07"\n4,Sami,08\n')
    assert (3, "quote_open") not in broken and broken[0] == (2, "quote_open")
    assert ("2", "Ali", "06") in read and ("4", "Sami", "08") in read


def test_a_line_break_inside_a_cell_that_is_quoted_stays_one_row() -> None:
    read, broken = cells_of(b'id,name,phone\n1,"Mona\nSaleh",05\n2,Ali,06\n')
    assert read == [("1", "Mona\nSaleh", "05"), ("2", "Ali", "06")] and broken == []


@pytest.mark.parametrize("line", ["1,Mona", "1,Mona,05,06", "Mona"])
def test_a_line_with_the_wrong_number_of_cells_is_told_and_the_next_is_read(line: str) -> None:
    read, broken = cells_of(f"id,name,phone\n{line}\n2,Ali,06\n".encode())
    assert read == [("2", "Ali", "06")] and broken == [(2, "cell_count")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (codecs.BOM_UTF16_LE, "file_empty"),
        (b"sep=;\n", "file_empty"),
        (b"PK\x03\x04....", "file_workbook"),
        (b"id,name\x00\x01", "file_not_text"),
        (codecs.BOM_UTF16_LE + "id,name,phone\n1".encode("utf-16-le") + b"\x41", "file_damaged"),
        ("id,name,phone\n1,منى صالح,05\n".encode() + b"2,\xd9\xff,06\n", "file_damaged"),
        (b"id,phone\n1,05\n", "columns_missing"),
        (b"name\nMona\n", "columns_missing"),
        (b"1,Mona,05\n", "columns_missing"),
        (b"name,phone,Mobile\nMona,05,06\n", "columns_double"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused_with_one_reason(data: bytes, code: str) -> None:
    with pytest.raises(UnusableFile) as caught:
        list(open_table(data, PATIENTS).rows())
    assert caught.value.code == code


def test_the_line_of_a_damaged_letter_is_told() -> None:
    with pytest.raises(UnusableFile) as caught:
        open_table("id,name,phone\n1,منى,05\n2,".encode() + b"\xd9" + ",06\n3,سارة,07\n".encode(), PATIENTS)
    assert caught.value.details["line"] == 3


@pytest.mark.parametrize(
    "header",
    [
        "رقم الملف,الاسم,رقم الجوال",
        "Phone Number,Full Name,MRN",
        "PATIENT_NAME,mobile*,File no.",
        "اسم المريض;الهاتف;المعرف",
        "الجوال\tالإسم\tرقم المريض",
    ],
)
def test_headers_are_known_in_english_and_arabic_in_any_order(header: str) -> None:
    table = open_table(header.encode(), PATIENTS)
    assert set(table.columns.by_field) == {"id", "name", "phone"} and table.columns.unknown == []


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_read_or_refused_in_words(data: bytes) -> None:
    try:
        table = open_table(b"id,name,phone\n" + data, PATIENTS)
    except UnusableFile:
        return
    lines = [row.line for row in table.rows()] + [problem.line for problem in table.broken]
    assert len(set(lines)) == len(lines) and all(line is not None and line > 1 for line in lines)
