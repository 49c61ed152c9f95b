"""`istiqbal import`, as a person types it, and what is said."""

from __future__ import annotations

import csv
from pathlib import Path
from string import Formatter

import pytest
from click.testing import Result
from typer.testing import CliRunner

from imports.texts import TEXTS
from istiqbal.cli import app
from tests.imports.conftest import Office

GOOD = "id,name,phone,mood\nF1,Mona Saleh,0500000001,fine\n"


@pytest.fixture(autouse=True)
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("WHATSAPP_GRAPH_URL", raising=False)


def type_in(folder: Path, text: str, *words: str) -> Result:
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["import", "patients", str(folder / "list.csv"), *words])


def test_without_a_word_it_is_only_tried_and_says_so(office: Office, tmp_path: Path) -> None:
    done = type_in(tmp_path, GOOD)
    assert done.exit_code == 0 and "1 created" in done.output and "dry run" in done.output
    assert "mood is not known" in done.output and office.count("patients") == 0


def test_with_the_word_it_is_done(office: Office, tmp_path: Path) -> None:
    assert type_in(tmp_path, GOOD, "--write").exit_code == 0 and office.count("patients") == 1


def test_bad_rows_are_told_in_the_language_asked_for_and_end_with_one(office: Office, tmp_path: Path) -> None:
    bad = GOOD + "F2,,0500000002,\n"
    english, arabic = type_in(tmp_path, bad, "--write"), type_in(tmp_path, bad, "--write", "--language", "ar")
    assert english.exit_code == arabic.exit_code == 1 and office.count("patients") == 0
    assert "line 3, name: There is no name." in english.output and "السطر 3، name: لا يوجد اسم." in arabic.output
    assert type_in(tmp_path, bad, "--write", "--skip-bad").exit_code == 1 and office.count("patients") == 1


@pytest.mark.usefixtures("office")
def test_a_file_that_cannot_be_used_ends_with_two(tmp_path: Path) -> None:
    unusable = type_in(tmp_path, "phone\n0500000001\n")
    missing = CliRunner().invoke(app, ["import", "patients", str(tmp_path / "none.csv")])
    assert unusable.exit_code == missing.exit_code == 2
    assert "missing: name" in unusable.output and "none.csv" in missing.output
    assert CliRunner().invoke(app, ["import", "dreams", str(tmp_path / "list.csv")]).exit_code == 2


@pytest.mark.usefixtures("office")
def test_two_hundred_problems_are_printed_and_all_are_in_the_report(tmp_path: Path) -> None:
    file = "id,name,phone\n" + "".join(f'F{number},=1+1,"=05{number}"\n' for number in range(250))
    done = type_in(tmp_path, file, "--report", str(tmp_path / "report.csv"))
    assert done.exit_code == 1 and done.output.count("\n  line ") == 200 and "and 300 more" in done.output
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as report:
        rows = list(csv.DictReader(report))
    assert len(rows) == 500 and [(row["line"], row["code"]) for row in rows[:2]] == [
        ("2", "phone_short"),
        ("2", "no_name"),
    ]


@pytest.mark.usefixtures("office")
def test_a_header_that_a_spreadsheet_would_run_is_only_text_in_the_report(tmp_path: Path) -> None:
    type_in(tmp_path, 'id,name,phone,"=HYPERLINK(1)"\nF1,Mona Saleh,0500000001,\n', "--report", str(tmp_path / "r.csv"))
    assert "'=HYPERLINK(1)" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("office")
def test_no_bar_is_drawn_where_nobody_looks(tmp_path: Path) -> None:
    assert "\x1b" not in type_in(tmp_path, GOOD).output and "━" not in type_in(tmp_path, GOOD).output


@pytest.mark.usefixtures("clinic")
def test_a_key_is_shown_once_and_can_be_revoked() -> None:
    added = CliRunner().invoke(app, ["api-key", "add", "Practice"])
    assert added.exit_code == 0 and "istiqbal_" in added.output
    assert CliRunner().invoke(app, ["api-key", "add", "Practice"]).exit_code == 2
    assert CliRunner().invoke(app, ["api-key", "revoke", "Practice"]).exit_code == 0
    assert CliRunner().invoke(app, ["api-key", "revoke", "Practice"]).exit_code == 2


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_sentence_has_the_same_gaps_in_both_languages(code: str) -> None:
    english, arabic = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in TEXTS[code])
    assert english == arabic and all(text.strip() for text in TEXTS[code])


def test_every_code_that_the_readers_give_has_a_sentence() -> None:
    import re

    import imports

    folder = Path(imports.__path__[0])
    said = set()
    for module in folder.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        said |= set(re.findall(r'(?:BadValue|UnusableFile)\(\s*"([a-z_]+)"', text))
        said |= set(re.findall(r'(?:refuse|remark|Problem)\([^,"]*,(?: "[a-z_]*",)? "([a-z_]+)"', text))
        said |= set(re.findall(r'"([a-z_]+_unreadable|phone_[a-z]+)"', text))
    assert len(said) > 50 and said <= set(TEXTS), said - set(TEXTS)
