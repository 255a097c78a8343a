"""Ledgers as offices really have them, written anew for each test: titles, merged cells, codes typed as numbers, dates in
every manner, old formats. Run it to look at them: ``python -m tests.data.sheets.make FOLDER``."""

import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

CODES = ["91331082MA2K3XQ59U", "91331082712510938T", "913310821480643223"]
NAMES = ["望江五金厂", "东塍机械厂", "大田化工厂"]
HEADER = ["企业名称", "统一社会信用代码", "所属乡镇", "法人"]
ROWS = [[name, code, "古城街道", "掌柜"] for name, code in zip(NAMES, CODES, strict=True)]

Writer = Callable[[Path], None]
FILES: dict[str, Writer] = {}


def ugly(name: str) -> Callable[[Writer], Writer]:
    def add(writer: Writer) -> Writer:
        FILES[name] = writer
        return writer

    return add


def xlsx(path: Path, fill: Callable[[Any, Any], None], *, first: str = "Sheet1") -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book, book.add_worksheet(first))


def put(sheet: Any, rows: list[list[Any]], top: int = 0, left: int = 0) -> None:
    for number, row in enumerate(rows, top):
        for position, cell in enumerate(row, left):
            if isinstance(cell, str):
                sheet.write_string(number, position, cell)
            elif cell is not None:
                sheet.write_number(number, position, cell)


@ugly("plain.xlsx")
def plain(path: Path) -> None:
    xlsx(path, lambda book, sheet: put(sheet, [HEADER, *ROWS]))


@ugly("titles-above.xlsx")
def titles_above(path: Path) -> None:
    """A merged title, who filled it in, an empty line; sums and signatures below."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "临海市生产经营单位底册")
        put(sheet, [["填报单位：应急办", "", "填报时间：", "2026年3月5日"], [], HEADER, *ROWS], 1)
        put(sheet, [["合计", "", "", 3.0], ["填表人：王五", "", "审核人：", ""]], 7)

    xlsx(path, fill)


@ugly("merged-township.xlsx")
def merged_township(path: Path) -> None:
    """The township is written once and merged downwards; numbered lines left blank at the end."""

    def fill(book: Any, sheet: Any) -> None:
        put(sheet, [["序号", "所属乡镇", "企业名称", "信用代码"]])
        sheet.merge_range(1, 1, 3, 1, "古城街道")
        for number in range(20):
            sheet.write_number(number + 1, 0, number + 1)
        for number, (name, code) in enumerate(zip(NAMES, CODES, strict=True), 1):
            put(sheet, [[name, code]], number, 2)

    xlsx(path, fill)


@ugly("two-line-header.xlsx")
def two_line_header(path: Path) -> None:
    """法定代表人 over 姓名 and 电话; the other headings merged over both lines."""

    def fill(book: Any, sheet: Any) -> None:
        for position, word in enumerate(HEADER[:3]):
            sheet.merge_range(1, position, 2, position, word)
        sheet.merge_range(1, 3, 1, 4, "法人")
        put(sheet, [["姓名", "电话"]], 2, 3)
        put(sheet, [[*row, "13700000000"] for row in ROWS], 3)

    xlsx(path, fill)


@ugly("two-levels.xlsx")
def two_levels(path: Path) -> None:
    """A title; 法定代表人 over 姓名 and 电话, 属地 over 镇街 and 村居; both rows once more on the second page."""

    def head(sheet: Any, at: int) -> None:
        for position, word in enumerate(["序号", *HEADER[:2]]):
            sheet.merge_range(at, position, at + 1, position, word)
        sheet.merge_range(at, 3, at, 4, "法定代表人")
        sheet.merge_range(at, 5, at, 6, "属地")
        put(sheet, [["姓名", "电话", "镇街", "村居"]], at + 1, 3)

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 6, "临海市生产经营单位底册")
        head(sheet, 1)
        rows = [["1", *row[:2], "掌柜", "13700000000", "古城街道", "文化社区"] for row in ROWS]
        put(sheet, rows[:2], 3)
        head(sheet, 5)
        put(sheet, rows[2:], 7)

    xlsx(path, fill)


@ugly("header-on-every-page.xlsx")
def header_on_every_page(path: Path) -> None:
    xlsx(path, lambda book, sheet: put(sheet, [HEADER, ROWS[0], HEADER, ROWS[1], [], HEADER, ROWS[2]]))


@ugly("sections.xlsx")
def sections(path: Path) -> None:
    """A line merged over the whole width before each group."""

    def fill(book: Any, sheet: Any) -> None:
        put(sheet, [HEADER])
        sheet.merge_range(1, 0, 1, 3, "一、古城街道")
        put(sheet, ROWS, 2)

    xlsx(path, fill)


@ugly("second-sheet.xlsx")
def second_sheet(path: Path) -> None:
    """The ledger is not on the first sheet, and does not begin in the corner; a hidden sheet holds an old one."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "填表说明：请按实际情况填写")
        put(book.add_worksheet("底册"), [HEADER, *ROWS], 3, 2)
        old = book.add_worksheet("旧")
        put(old, [[*HEADER, "联系电话", "从业人数"], ["旧厂", "", "", "", "", ""]])
        old.hide()

    xlsx(path, fill, first="说明")


@ugly("stray-blanks.xlsx")
def stray_blanks(path: Path) -> None:
    """Blanks inside names, full-width digits and letters, marks nobody sees."""

    def fill(book: Any, sheet: Any) -> None:
        wide = str.maketrans({ord("0") + n: 0xFF10 + n for n in range(10)})
        rows = [
            ["　望江 五金厂 ", CODES[0].translate(wide), " 古城街道", "掌柜\u200b"],
            ["东塍\n机械厂", f" {CODES[1][:8]} {CODES[1][8:]}", "古 城", "掌　柜"],
            ["大田化工厂\ufeff", CODES[2].lower(), "古城街道办事处", "掌柜"],
        ]
        put(sheet, [["*企业名称（全称）", "统一社会 信用代码", "所属\n乡镇", "法  人"], *rows])

    xlsx(path, fill)


@ugly("codes-as-numbers.xlsx")
def codes_as_numbers(path: Path) -> None:
    """The last code is all digits and was typed as a number: its end is lost."""
    rows: list[list[Any]] = [*ROWS[:2], [NAMES[2], float(CODES[2]), "古城街道", "掌柜"]]
    xlsx(path, lambda book, sheet: put(sheet, [HEADER, *rows]))


@ugly("formulas.xlsx")
def formulas(path: Path) -> None:
    """Names put together by formulas, one of them broken."""

    def fill(book: Any, sheet: Any) -> None:
        put(sheet, [HEADER, *([None, *row[1:]] for row in ROWS)])
        for number, name in enumerate(NAMES[:2], 1):
            sheet.write_formula(number, 0, f'="{name}"', None, name)
        sheet.write_formula(3, 0, "=NA()", None, "#N/A")

    xlsx(path, fill)


@ugly("old.xls")
def old(path: Path) -> None:
    """Excel 97 with a merged title and a date."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("底册")
    sheet.write_merge(0, 0, 0, 4, "企业底册")
    for number, row in enumerate([[*HEADER, "登记日期"], *ROWS], 1):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    sheet.write(2, 4, datetime(2026, 3, 5), day)  # noqa: DTZ001
    book.save(str(path))


@ugly("open.ods")
def open_document(path: Path) -> None:
    ods(path, [["企业底册", "", "", ""], HEADER, *ROWS])


def ods(path: Path, rows: list[list[str]]) -> None:
    """OpenDocument with a cell repeated over the columns of an empty end, and a row over a million."""

    def line(row: list[str]) -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        return f'<table:table-row>{cells}<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'

    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    body = "".join(line(row) for row in rows)
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="底册">{body}{blank}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


OF_KINDS: dict[str, tuple[str, Writer]] = {}
"""Ledgers of the other kinds: (kind, writer). The last row of each is wrong in one cell."""


def ledger(kind: str, name: str) -> Callable[[Writer], Writer]:
    def add(writer: Writer) -> Writer:
        OF_KINDS[name] = (kind, writer)
        return writer

    return add


@ledger("sites", "sites.xlsx")
def sites(path: Path) -> None:
    """A merged title; the firm written once over its two sites; full-width digits, blanks, Gaode's coordinates."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 7, "临海市生产经营场所清单（二〇二六年）")
        put(sheet, [["所属企业", "场所", "详细 地址", "镇街", "村居", "行业领域", "东经", "纬度", "坐标系"]], 2)
        sheet.merge_range(3, 0, 4, 0, "临海市江南机械制造有限公司")
        rest = ["古城街道", "文化", "工贸、消防"]
        put(sheet, [["二 号厂区", "工业路　２号", *rest, 121.131512, 28.844321, "高德"]], 3, 1)
        put(sheet, [["仓库", "工业路３号", *rest[:2], "消防"]], 4, 1)
        put(sheet, [["没登记的厂", "厂区", "某路 1 号", *rest]], 5)

    xlsx(path, fill)


@ledger("objects", "objects.xls")
def objects(path: Path) -> None:
    """Excel 97; telephones typed as numbers, words of the street for the kinds."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("底数")
    sheet.write_merge(0, 0, 0, 5, "监管对象底数")
    rows: list[list[Any]] = [
        ["序号", "对象名称", "对象类型", "所在地址", "镇（街）", "房东", "手机号码"],
        [1, " 望江门水库", "水库", "望江路 2 号", "古城", "张 三", 13700000001],
        [2, "巾山路群租房", "出租屋", "巾山路12号", "古城街道办事处", "李四", "１３７００００００２２"],
        [3, "怪地方", "游乐园", "某路", "古城", "王五", ""],
    ]
    for number, row in enumerate(rows, 1):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    book.save(str(path))


@ledger("people", "people.xlsx")
def people(path: Path) -> None:
    """The header on every page, codes with blanks, telephones as numbers, a sum below."""
    head = ["序号", "单位名称", "信用代码", "姓名", "岗位", "手机"]
    rows = [
        head,
        [1, "江南机械", "9133 1082 5538 92615A", "钱 一", "安全员", 13700000011],
        head,
        [2, "临海市东湖化工有限公司", "", "孙二", "企业主", "0576－85123456"],
        [3, "临海市东湖化工有限公司", "", "周三", "保安", 13700000013],
        ["合计", "", "", "3人"],
    ]
    xlsx(path, lambda book, sheet: put(sheet, rows))


@ledger("grids", "grids.ods")
def grids(path: Path) -> None:
    ods(
        path,
        [
            ["网格划分表", "", "", "", ""],
            ["网格", "类型", "所属街道", "社区", "成立日期"],
            ["文化一格", "综合", "古城街道", "文化社区", "2026.3.5"],
            ["古城消防格", "行业", "古 城", "", "二〇二六年三月五日"],
            ["远方格", "综合", "太平街道", "", ""],
        ],
    )


@ledger("grid_members", "grid-members.xlsx")
def grid_members(path: Path) -> None:
    """The grid merged downwards, dates in Chinese, a telephone with full-width digits, a section line."""

    def fill(book: Any, sheet: Any) -> None:
        put(sheet, [["所在网格", "网格员姓名", "职务", "联系方式", "任职时间"]])
        sheet.merge_range(1, 0, 1, 4, "一、古城街道")
        sheet.merge_range(2, 0, 4, 0, "文化一格")
        put(sheet, [["赵 甲", "网格长", 13700000021, "二〇二六年一月五日"]], 2, 1)
        put(sheet, [["钱乙", "专职网格员", "１３７００００００２２", "2026/1/5"]], 3, 1)
        put(sheet, [["孙丙", "网格长", 13700000023, "2026年1月5日"]], 4, 1)

    xlsx(path, fill)


@ledger("grid_sites", "grid-sites.xlsx")
def grid_sites(path: Path) -> None:
    """Titles above, the second line of the header empty, a firm outside the grid."""
    rows = [
        ["网格内生产经营场所名单"],
        ["填报单位：古城街道", "", "2026年3月5日"],
        ["网格名称", "企业名称"],
        ["文化一格", "　临海市江南机械制造有限公司 "],
        ["文化一格", "临海市东湖化工有限公司"],
    ]
    xlsx(path, lambda book, sheet: put(sheet, rows))


if __name__ == "__main__":
    from tests.data.sheets.ledgers import CHECK_FILES, DANGER_FILES

    others = {file_name: write for file_name, (_, write) in OF_KINDS.items()}
    for file_name, write in (FILES | DANGER_FILES | CHECK_FILES | others).items():
        write(Path(sys.argv[1]) / file_name)
