"""Excel files as tests need them."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile


def book(*rows: list[Any], name: str = "台账.xlsx") -> SimpleUploadedFile:
    """An xlsx with these rows from A1; numbers as numbers, dates as dates."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as writer:
        sheet = writer.add_worksheet()
        day = writer.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for position, cell in enumerate(row):
                if isinstance(cell, date | datetime):
                    sheet.write_datetime(number, position, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, position, cell)
                elif cell is not None:
                    sheet.write_number(number, position, cell)
    return SimpleUploadedFile(name, target.getvalue())
