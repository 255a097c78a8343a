"""How fast a ledger of 50,000 enterprises goes in: parse, validate, upsert, error file; rows a second and peak memory.

    python -m tests.bench.sheets [rows] [rounds]

Runs against a database of its own (that of the tests) and prints one line of JSON for each pass of each round, and at
the end the medians: the bare floor (read the cells, COPY them into a temporary table, nothing else), the first import,
the same file again (nothing changes), a changed file (every row updated), undoing both. ``cpu`` are seconds of this
process and of its database process together: on a busy machine they tell more than the clock. ``at_best`` are the rows a
second if each of the two had a processor to itself and never waited for the other.
"""

import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

SHARE_OF_BAD = 50
"""One row in this many is wrong."""


def main(rows: int, rounds: int) -> None:
    from tests.database import TestCluster, this_run

    os.environ["ANLAN_HOME"] = str(this_run() / "home-bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
    cluster = TestCluster(this_run())
    cluster.start()
    try:
        cluster.clone("bench")
        import django

        django.setup()
        from django.db import connection

        address = cluster.app("bench")
        keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        connection.settings_dict.update({key: getattr(address, name) for key, name in keys.items()})
        _measure(rows, rounds)
        connection.close()
    finally:
        cluster.stop()


def _measure(rows: int, rounds: int) -> None:
    from django.conf import settings

    from tests.factories.cast import build_cast

    actor = build_cast().county
    lines: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = settings.DATA_DIR = Path(name)
        first, second = folder / "first.xlsx", folder / "second.xlsx"
        child = os.fork()  # writing the files costs memory that is not the import's
        if child == 0:
            _write_book(first, rows, "")
            _write_book(second, rows, "新")
            os._exit(0)
        os.waitpid(child, 0)
        for _ in range(rounds):
            lines += _round(actor, folder, rows, first, second)
    print(json.dumps(_medians(lines, rows)), flush=True)


def _round(actor: Any, folder: Path, rows: int, first: Path, second: Path) -> list[dict[str, Any]]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from anlan.authz.scope import acting
    from anlan.sheets import actions

    def bring(name: str, path: Path) -> Any:
        with acting(actor):
            upload = SimpleUploadedFile(path.name, path.read_bytes())
            entry = actions.upload(actor=actor, kind_code="enterprises", file=upload)
            del upload
        with _Pass(name, rows) as one, acting(actor):
            target = folder / f"{name}-bad.xlsx"
            entry = actions.run_import(actor=actor, import_id=entry.id, bad_rows=target, progress=_silent)
        found = {"created": entry.created_count, "updated": entry.updated_count, "bad": entry.bad_count}
        lines.append({**one.line, **found})
        return entry

    def take_back(name: str, entry: Any) -> None:
        with _Pass(name, rows) as one, acting(actor):
            entry = actions.run_undo(actor=actor, import_id=entry.id, progress=_silent)
        lines.append({**one.line, "remaining": entry.remaining_count})

    lines: list[dict[str, Any]] = []
    with _Pass("floor", rows) as floor:
        _floor(first)
    lines.append(floor.line)
    take_back("undo create", bring("create", first))
    bring("create", first)
    bring("again", first)
    take_back("undo update", bring("update", second))
    with acting(actor):
        _clear()
    for line in lines:
        print(json.dumps(line), flush=True)
    return lines


def _clear() -> None:
    from django.db import connection

    from anlan.sheets import bulk

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM register_enterprise WHERE name ~ '^临海市第[0-9]+号机械厂'")
    bulk.check_references()


def _floor(path: Path) -> None:
    """Read the cells and COPY them as they are: what no import can do without."""
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        cells = book.get_sheet_by_index(0).to_python()[2:]
    columns = ", ".join(f"c{at}" for at in range(len(cells[0])))
    with transaction.atomic(), connection.cursor() as cursor:
        made = ", ".join(f"c{at} text" for at in range(len(cells[0])))
        cursor.execute(f"CREATE TEMP TABLE floor ({made}) ON COMMIT DROP")
        with cursor.copy(f"COPY floor ({columns}) FROM STDIN") as copy:
            for row in cells:
                copy.write_row(row)


class _Pass:
    """A stretch of work: its seconds by the clock and by the processors."""

    def __init__(self, name: str, rows: int) -> None:
        self.name, self.rows = name, rows

    def __enter__(self) -> "_Pass":
        Path("/proc/self/clear_refs").write_text("5")  # the peak is this pass's own
        self.database = _database_cpu()
        self.own = time.process_time()
        self.started = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        seconds = time.perf_counter() - self.started
        own, database = time.process_time() - self.own, _database_cpu() - self.database
        status = Path("/proc/self/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
        self.line: dict[str, Any] = {
            "pass": self.name,
            "rows": self.rows,
            "seconds": round(seconds, 2),
            "rows_per_second": round(self.rows / seconds),
            "cpu": round(own + database, 2),
            "cpu_database": round(database, 2),
            "at_best": round(self.rows / max(own, database)),
            "peak_mb": peak,
        }


def _database_cpu() -> float:
    """Seconds the connection's own process has worked (Linux, the database on this machine)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found = cursor.fetchone()
    fields = Path(f"/proc/{found[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _medians(lines: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    """Medians over the rounds; how many times the floor each pass takes, by the clock and by the processors."""
    medians = {}
    for name in dict.fromkeys(line["pass"] for line in lines):
        of = [line for line in lines if line["pass"] == name]
        medians[name] = {
            key: median(line[key] for line in of) for key in ("seconds", "rows_per_second", "cpu", "at_best")
        }
    floor = medians["floor"]
    for found in medians.values():
        found["times_floor"] = round(found["seconds"] / floor["seconds"], 2)
        found["times_floor_cpu"] = round(found["cpu"] / floor["cpu"], 2)
        found["rows_per_cpu_second"] = round(rows / found["cpu"])
    return {"bench": "sheets", "rows": rows, "peak_mb": max(line["peak_mb"] for line in lines), "medians": medians}


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def _write_book(path: Path, rows: int, mark: str) -> None:
    import xlsxwriter
    from stdnum.cn import uscc

    from anlan.register.credit_code import _ALPHABET

    header = [
        "序号",
        "企业名称",
        "统一社会信用代码",
        "所属乡镇",
        "所属村",
        "地址",
        "行业代码",
        "规模",
        "职工人数",
        "经营状态",
        "法人",
        "电话",
    ]
    draw = random.Random(7)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "临海市生产经营单位底册")
        sheet.write_row(1, 0, header)
        for number in range(rows):
            body = f"91331082{number:05}" + "".join(draw.choice(_ALPHABET) for _ in range(4))
            code = body + uscc.calc_check_digit(body)
            if number % SHARE_OF_BAD == 7:
                code = code[:-1] + ("0" if code[-1] != "0" else "1")
            place = ("古城街道", "文化社区") if number % 2 else ("大洋", "")
            sheet.write_row(number + 2, 0, [number + 1, f"临海市第{number}号机械厂{mark}"])
            sheet.write_string(number + 2, 2, code)
            rest = [*place, f"工业路 {number} 号", "3311", "规下", number % 400, "在产", f"掌柜{number}"]
            sheet.write_row(number + 2, 3, rest)
            sheet.write_number(number + 2, 11, 13_700_000_000 + number)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(50_000, 3)[len(given) :])
