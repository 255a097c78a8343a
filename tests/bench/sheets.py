"""How fast a ledger of 50,000 enterprises goes in: parse, validate, upsert, error file; rows a second and peak memory.

    python -m tests.bench.sheets [rows]

Runs against a database of its own (that of the tests) and prints one line of JSON for each pass: the first import,
the same file again (nothing changes), a changed file (every row updated), and undoing that.
"""

import json
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHARE_OF_BAD = 50
"""One row in this many is wrong."""


def main(rows: int) -> None:
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
        _measure(rows)
        connection.close()
    finally:
        cluster.stop()


def _measure(rows: int) -> None:
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from anlan.authz.scope import acting
    from anlan.sheets import actions
    from tests.factories.cast import build_cast

    actor = build_cast().county
    with tempfile.TemporaryDirectory() as folder:
        settings.DATA_DIR = Path(folder)
        first, second = Path(folder) / "first.xlsx", Path(folder) / "second.xlsx"
        child = os.fork()  # writing the files costs memory that is not the import's
        if child == 0:
            _write_book(first, rows, "")
            _write_book(second, rows, "新")
            os._exit(0)
        os.waitpid(child, 0)
        for name, path in (("create", first), ("again", first), ("update", second)):
            with acting(actor):
                upload = SimpleUploadedFile(path.name, path.read_bytes())
                entry = actions.upload(actor=actor, kind_code="enterprises", file=upload)
                del upload
            started = time.perf_counter()
            with acting(actor):
                entry = actions.run_import(
                    actor=actor, import_id=entry.id, bad_rows=Path(folder) / f"{name}-bad.xlsx", progress=_silent
                )
            _say(name, rows, time.perf_counter() - started, entry)
        started = time.perf_counter()
        with acting(actor):
            actions.run_undo(actor=actor, import_id=entry.id, progress=_silent)
        _say("undo", rows, time.perf_counter() - started, entry)


def _say(name: str, rows: int, seconds: float, entry: Any) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = {"created": entry.created_count, "updated": entry.updated_count, "bad": entry.bad_count}
    line = {"pass": name, "rows": rows, "seconds": round(seconds, 2), "rows_per_second": round(rows / seconds)}
    print(json.dumps({**line, "peak_mb": peak, **found}), flush=True)


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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
