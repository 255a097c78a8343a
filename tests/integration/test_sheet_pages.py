"""The pages and the API of imports: step by step as a person goes, and in one request as a machine does."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.register.models import Enterprise
from anlan.sheets.models import SheetImport
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheets import HEADER, firms

MAX_QUERIES = 12
BAD = ["抄错代码厂", "913310827125109380", "古城", "", "", "", "", ""]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def working():
    """What a request starts is done when the request has been answered."""
    with jobs.inline():
        yield


def text_of(response: Any) -> str:
    return str(response.content.decode())


def rows_of(response: Any) -> list[list[Any]]:
    """The first sheet of a downloaded file."""
    content = BytesIO(b"".join(response.streaming_content))
    rows: list[list[Any]] = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    return rows


def send(client: Client, path: str, **data: Any) -> str:
    """Post, let the jobs run, return the page one is led to."""
    response = client.post(path, data)
    assert response.status_code == 302, text_of(response)
    jobs.run_pending()
    return str(response["Location"])


def test_what_is_imported_has_to_be_chosen(client_of) -> None:
    client = client_of("county")
    assert '<option value="" selected>请选择</option>' in text_of(client.get("/imports/new/"))
    assert "请选择导入什么。" in text_of(client.post("/imports/new/", {"kind": "", "file": book(HEADER)}))


def upload(client: Client, *rows: list[Any]) -> str:
    return send(client, "/imports/new/", kind="enterprises", file=book(HEADER, *rows))


def chosen(page: str) -> dict[str, str]:
    import re

    found = {}
    for name, options in re.findall(r'<select name="(column_\d+)".*?>(.*?)</select>', page, re.S):
        picked = re.search(r'<option value="(\w*)" selected', options)
        found[name] = picked[1] if picked else ""
    return found


class TestSteps:
    def test_from_the_file_to_the_register_and_back(
        self, client_of: Callable[[str], Client], cast: Cast, working
    ) -> None:
        client = client_of("county")
        where = upload(client, *firms("望江五金厂", "第二厂"), BAD)
        page = text_of(client.get(where))
        assert "台账.xlsx" in page
        assert "望江五金厂、第二厂" in page
        mapping = chosen(page)
        assert mapping["column_0"] == "name"
        assert mapping["column_2"] == "township"

        page = text_of(client.get(send(client, f"{where}mapping/", **mapping)))
        assert "确认导入" in page
        assert "校验码" in page
        with acting(cast.county):
            assert not Enterprise.objects.filter(name="第二厂").exists()

        page = text_of(client.get(send(client, f"{where}confirm/")))
        assert "已导入" in page
        assert "撤销整批" in page
        with acting(cast.county):
            assert Enterprise.objects.filter(name__in=["望江五金厂", "第二厂"]).count() == 2
        returned = client.get(f"{where}bad-rows/")
        assert "attachment" in returned["Content-Disposition"]
        assert rows_of(returned)[1][0] == "抄错代码厂"

        page = text_of(client.get(send(client, f"{where}undo/")))
        assert "恢复到导入之前的样子" in page
        with acting(cast.county):
            assert not Enterprise.objects.filter(name="第二厂").exists()
        assert client.post(f"{where}undo/").status_code == 409

    def test_the_bar_is_asked_for_until_it_is_done(self, client_of, cast: Cast) -> None:
        client = client_of("county")
        with jobs.inline():
            where = client.post("/imports/new/", {"kind": "enterprises", "file": book(HEADER, *firms("一厂"))})[
                "Location"
            ]
            client.post(f"{where}mapping/", chosen(text_of(client.get(where))))
            page = client.get(where)
            assert f'hx-get="{where}progress/"' in text_of(page)
            assert "HX-Refresh" not in client.get(f"{where}progress/").headers
            assert client.post(f"{where}confirm/").status_code == 409
            jobs.run_pending()
            assert client.get(f"{where}progress/").headers["HX-Refresh"] == "true"

    def test_a_missing_column_is_said_beside_the_choices(self, client_of, working) -> None:
        client = client_of("town")
        where = upload(client, *firms("一厂"))
        mapping = {**chosen(text_of(client.get(where))), "column_0": ""}
        response = client.post(f"{where}mapping/", mapping)
        assert response.status_code == 422
        assert "必填的列：企业名称" in text_of(response)

    def test_a_file_that_is_none_comes_back_with_what_to_do(self, client_of, working) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("a.xlsx", b"hello")
        response = client_of("town").post("/imports/new/", {"kind": "enterprises", "file": file})
        assert response.status_code == 422
        assert "这不是 Excel 表格" in text_of(response)
        response = client_of("town").post("/imports/new/", {})
        assert "请选择文件" in text_of(response)

    def test_others_see_the_import_of_their_region_but_do_not_act(self, client_of, working) -> None:
        where = upload(client_of("town"), *firms("一厂"))
        page = text_of(client_of("county").get(where))
        assert "下一步：试算" not in page
        assert client_of("county").post(f"{where}confirm/").status_code == 403
        for name in ("town2", "dept", "other"):
            assert client_of(name).get(where).status_code == 404
        assert client_of("leader").get(where).status_code == 403

    def test_templates_for_what_one_may_import(self, client_of) -> None:
        client = client_of("town")
        response = client.get("/imports/templates/enterprises/")
        sheet = CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0)
        assert sheet.to_python()[0][0] == "企业名称*"
        assert client.get("/imports/templates/moons/").status_code == 404
        assert client_of("village").get("/imports/templates/enterprises/").status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_pages_cost_the_same_for_many(client_of, cast: Cast, working, count: int) -> None:
    client = client_of("county")
    for _ in range(count):
        where = upload(client, *firms("一厂"))
    for path in ("/imports/", "/imports/new/", where):
        with CaptureQueriesContext(connection) as context:
            assert client.get(path).status_code == 200
        own = [query["sql"] for query in context.captured_queries if "SAVEPOINT" not in query["sql"]]
        assert len(own) <= MAX_QUERIES, own


class TestApi:
    def test_one_request_and_a_job(self, client_of, cast: Cast, working) -> None:
        client = client_of("county")
        response = client.post("/api/v1/imports", {"kind": "enterprises", "file": book(HEADER, *firms("一厂"), BAD)})
        assert response.status_code == 202, text_of(response)
        started = response.json()
        assert response["Location"] == started["job_url"]
        assert started["job"]["state"] == "QUEUED"
        jobs.run_pending()
        job = client.get(started["job_url"]).json()
        assert (job["state"], job["done"], job["total"]) == ("DONE", 2, 2)
        assert job["note"] == "已新增 1 条、更新 0 条，未变 0 条，有误 1 条。"
        assert "抄错代码厂" in str(rows_of(client.get(job["result_url"])))
        found = client.get(f"/api/v1/imports/{started['id']}").json()
        assert (found["state"], found["created_count"], found["bad_count"]) == ("IMPORTED", 1, 1)
        assert found["headings"][0] == {"label": "企业名称", "samples": ["一厂", "抄错代码厂"], "column": "name"}
        assert found["bad_rows"][0]["number"] == 3
        assert rows_of(client.get(found["bad_rows_url"])) == rows_of(client.get(job["result_url"]))
        assert len(found["merkle_root"]) == 64
        assert [one["id"] for one in client.get("/api/v1/imports").json()["items"]] == [found["id"]]
        assert client_of("other").get(f"/api/v1/imports/{found['id']}").status_code == 404

    def test_a_dry_run_is_confirmed_and_undone(self, client_of, cast: Cast, working) -> None:
        client = client_of("county")
        data = {"kind": "enterprises", "dry_run": "true", "file": book(HEADER, *firms("一厂"))}
        started = client.post("/api/v1/imports", data).json()
        jobs.run_pending()
        path = f"/api/v1/imports/{started['id']}"
        assert client.get(path).json()["state"] == "CHECKED"
        assert client.post(f"{path}/confirm").status_code == 202
        jobs.run_pending()
        assert client.get(path).json()["state"] == "IMPORTED"
        assert client.post(f"{path}/confirm").json()["code"] == "already_imported"
        assert client.post(f"{path}/undo").status_code == 202
        jobs.run_pending()
        assert client.get(path).json()["state"] == "UNDONE"

    def test_it_is_said_which_column_is_which_and_remembered(self, client_of, cast: Cast, working) -> None:
        client = client_of("county")
        heads = ["招牌", "代码", *HEADER[2:]]

        def send(*rows, **more):
            return client.post("/api/v1/imports", {"kind": "enterprises", "file": book(heads, *rows), **more})

        assert send(*firms("一厂")).status_code == 422
        said = {"招牌": "name", "代码": "unified_social_credit_code", "职工人数": None}
        answer = send(*firms("一厂"), mapping=json.dumps(said))
        assert answer.status_code == 202, text_of(answer)
        columns = {one["label"]: one["column"] for one in answer.json()["headings"]}
        assert {word: columns[word] for word in said} == said
        assert columns["联系电话"] == "phone"
        jobs.run_pending()
        assert client.get(f"/api/v1/imports/{answer.json()['id']}").json()["created_count"] == 1
        again = send(*firms("一厂"))
        assert {one["label"]: one["column"] for one in again.json()["headings"]} == columns

    @pytest.mark.parametrize(
        ("mapping", "pointer", "word"),
        [
            ({"电话/手机": "phone"}, "/mapping/电话~1手机", "文件里没有叫“电话/手机”的列。有：企业名称、"),
            ({"联系电话": "telephone"}, "/mapping/联系电话", "“企业”里没有“telephone”这一项。有："),
            ({"企业名称": None}, "/mapping", "没有找到必填的列：企业名称"),
            ({"法人": "phone", "联系电话": "phone"}, "/mapping", "有两列都对应到"),
            ({"法人": 3}, "/mapping/法人", "应为文字"),
            ("[]", "/mapping", "应为对象"),
            ("{", "/mapping", "不是有效的 JSON"),
        ],
    )
    def test_a_mapping_that_cannot_be(self, client_of, working, mapping, pointer: str, word: str) -> None:
        said = mapping if isinstance(mapping, str) else json.dumps(mapping)
        data = {"kind": "enterprises", "file": book(HEADER, *firms("一厂")), "mapping": said}
        answer = client_of("county").post("/api/v1/imports", data)
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["pointer"]) == (422, pointer)
        assert word in error["message"]
        assert client_of("county").get("/api/v1/imports").json()["items"] == []

    def test_a_file_without_a_header_says_so(self, client_of, cast: Cast, working) -> None:
        rows = firms("一厂", "二厂")
        said = json.dumps({f"第{at + 1}列": name for at, name in enumerate(["name", "unified_social_credit_code"])})
        data = {"kind": "enterprises", "file": book(*rows), "has_header": "false", "mapping": said}
        answer = client_of("county").post("/api/v1/imports", data)
        assert answer.status_code == 202, text_of(answer)
        assert (answer.json()["has_header"], answer.json()["sheets"][0]["row_count"]) == (False, 2)

    def test_what_is_wrong_is_a_problem(self, client_of, working) -> None:
        client = client_of("county")
        response = client.post("/api/v1/imports", {"kind": "moons", "file": book(HEADER)})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/kind")
        response = client.post("/api/v1/imports", {"kind": "enterprises", "file": book(["姓名"], ["张三"])})
        assert response.status_code == 422
        assert "企业名称" in json.dumps(response.json(), ensure_ascii=False)
        assert client.get("/api/v1/imports").json()["items"] == []
        file = book(HEADER)
        assert client_of("village").post("/api/v1/imports", {"kind": "enterprises", "file": file}).status_code == 403

    def test_the_same_key_brings_one_import(self, client_of, cast: Cast, working) -> None:
        client = client_of("county")
        for _ in range(2):
            data = {"kind": "enterprises", "file": book(HEADER, *firms("一厂"))}
            client.post("/api/v1/imports", data, headers={"Idempotency-Key": "once"})
        with acting(cast.county):
            assert SheetImport.objects.count() == 1

    def test_the_kinds_say_their_columns(self, client_of) -> None:
        kinds = client_of("county").get("/api/v1/import-kinds").json()
        assert kinds[0]["code"] == "enterprises"
        assert {"name": "name", "label": "企业名称", "required": True}.items() <= kinds[0]["columns"][0].items()
