"""`istiqbal import`: the file, the bar, the report, and the exit code."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Iterator, Optional

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy.engine import Engine

from imports.files import Options, import_file
from imports.job import Progress as Told
from imports.job import in_silence
from imports.kinds import FILES
from imports.printing import printed, write_table
from imports.problems import UnusableFile
from imports.reading import MOST_BYTES
from imports.texts import say

GOOD, BAD_ROWS, UNUSABLE = 0, 1, 2  # exit codes


def import_command(
    engine: Engine,
    clinic_id: str,
    kind: str,
    path: Path,
    now: datetime,
    options: Options,
    language: str,
    report_path: Optional[Path],
    screen: Console,
) -> int:
    """Prints on `screen`; returns the exit code."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        with _bar(screen, language) as told:
            done = import_file(engine, clinic_id, FILES[kind], data, now, options, told)
    except OSError as error:
        return _unusable(screen, say("file_missing", language, name=path.name, reason=error.strerror))
    except UnusableFile as error:
        return _unusable(screen, say(error.code, language, **error.details))
    for line in printed(done.report, language, done.outcome):
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
    if report_path is not None:
        try:
            # The mark makes Excel read it as UTF-8.
            with report_path.open("w", encoding="utf-8-sig", newline="") as file:
                write_table(done.report, language, file)
        except OSError as error:
            return _unusable(screen, say("report_failed", language, name=report_path.name, reason=error.strerror))
    return BAD_ROWS if done.report.bad else GOOD


def _unusable(screen: Console, sentence: str) -> int:
    screen.print(sentence, markup=False, highlight=False, soft_wrap=True)
    return UNUSABLE


@contextmanager
def _bar(screen: Console, language: str) -> Iterator[Told]:
    """Only where somebody looks."""
    if not screen.is_terminal:
        yield in_silence
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(say(stage, language), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield told
