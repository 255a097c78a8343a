"""The API's manners: problems, default deny, CSRF, pages, ETags, the description of itself."""

from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from ninja import Router

from anlan.accounts import actions as accounts
from anlan.authz.scope import acting
from anlan.http.api import build_api, is_declared, permission_of, public_reason_of
from anlan.http.pages import PageQuery, paginate
from anlan.lib.refusals import Invalid
from anlan.notify import api as notify
from anlan.notify.models import Message
from anlan.reads.counting import bounded_count
from tests.fakes import plumbing

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fakes.plumbing")]
ACTS = "/api/v1/acts"


@pytest.fixture
def token(cast) -> str:
    system = cast.system()
    with acting(system):
        return accounts.issue_token(actor=system, grant=cast.grants["county"], days=1)[1]


@pytest.fixture
def machine(token) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def check_problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]
    assert not problem["detail"].isascii()
    return problem


def post(client: Client, body, **options):
    return client.post(ACTS, data=body, content_type="application/json", **options)


class TestProblems:
    def test_nobody(self, client) -> None:
        for response in (client.get(ACTS), post(client, {"title": "甲"})):
            check_problem(response, 401, "sign_in_required")
            assert response["WWW-Authenticate"].startswith("Bearer")

    def test_bad_token(self, cast) -> None:
        client = Client(headers={"Authorization": "Bearer anlan_guess"})
        check_problem(client.get(ACTS), 401, "sign_in_required")

    def test_refused_with_its_article_and_without_a_trace(self, machine) -> None:
        problem = check_problem(post(machine, {"title": "拒绝"}), 409, "not_now")
        assert problem["citation"] == "《安全生产法》第四十一条"
        assert machine.get(ACTS).json()["count"] == 0

    def test_a_bad_field_of_ours(self, machine) -> None:
        problem = check_problem(post(machine, {"title": "坏"}), 422, "invalid")
        assert problem["errors"] == [{"pointer": "/title", "message": "不能叫这个名字。", "source": "body"}]

    def test_bad_fields_point_into_what_was_sent(self, machine) -> None:
        problem = check_problem(post(machine, {"title": "", "amounts": [1, "x"]}), 422, "invalid")
        assert [(e["pointer"], e["message"]) for e in problem["errors"]] == [
            ("/title", "至少 1 个字。"),
            ("/amounts/1", "应为整数。"),
        ]

    def test_bad_parameters_say_where(self, machine) -> None:
        problem = check_problem(machine.get(ACTS, {"page_size": 201}), 422, "invalid")
        assert problem["errors"] == [{"pointer": "/page_size", "message": "不能大于 200。", "source": "query"}]
        problem = check_problem(machine.get("/api/v1/open", {"n": "x"}), 422, "invalid")
        assert problem["errors"] == [{"pointer": "/n", "message": "应为整数。", "source": "query"}]

    def test_a_parameter_nobody_takes_is_refused(self, machine, client) -> None:
        problem = check_problem(machine.get(ACTS, {"page-size": 2, "q": "甲"}), 422, "invalid")
        told = "没有这个参数，可用的有：page、page_size、count、cursor。"
        assert problem["errors"] == [
            {"pointer": "/page-size", "message": told, "source": "query"},
            {"pointer": "/q", "message": told, "source": "query"},
        ]
        read = machine.get(f"{ACTS}/{plumbing.SUBJECT}", {"a/b": 1})
        [error] = check_problem(read, 422, "invalid")["errors"]
        assert error == {"pointer": "/a~1b", "message": "没有这个参数，这里不带参数。", "source": "query"}
        check_problem(client.get("/api/v1/open", {"m": 1}), 422, "invalid")
        check_problem(client.get(ACTS, {"q": "甲"}), 401, "sign_in_required")

    def test_a_parameter_given_twice_is_refused_where_one_would_be_lost(self, machine) -> None:
        problem = check_problem(machine.get(f"{ACTS}?page=1&page=2"), 422, "invalid")
        assert problem["errors"] == [{"pointer": "/page", "message": "只能给一个值。", "source": "query"}]

    def test_a_write_takes_no_parameters_in_the_address(self, machine) -> None:
        refused = post(machine, {"title": "甲"}, query_params={"dry_run": "true"})
        assert check_problem(refused, 422, "invalid")["errors"][0]["source"] == "query"
        assert machine.get(ACTS).json()["count"] == 0

    def test_a_part_of_a_form_nobody_takes_is_refused(self, machine, cast) -> None:
        photo, url = SimpleUploadedFile("a.jpg", b"x"), "/api/v1/photos"
        [error] = check_problem(machine.post(url, {"file": photo, "kind": "甲"}), 422, "invalid")["errors"]
        assert (error["source"], error["pointer"]) == ("form", "/kind")
        session = Client()
        session.force_login(cast.users["county"])
        photo.seek(0)
        assert session.post(url, {"file": photo, "csrfmiddlewaretoken": "x"}).status_code == 201

    def test_not_json(self, machine) -> None:
        check_problem(machine.post(ACTS, data=b"{", content_type="application/json"), 400, "malformed")
        check_problem(machine.post(ACTS, data=b"{}", content_type="text/plain"), 415, "unsupported_media_type")
        check_problem(machine.get(ACTS, {"cursor": "\0"}), 400, "malformed")
        check_problem(machine.post(ACTS, content_type="application/json"), 422, "invalid")

    def test_nothing_there(self, machine) -> None:
        check_problem(machine.get(f"{ACTS}/{uuid4()}"), 404, "not_found")
        check_problem(machine.get("/api/v1/nonsense"), 404, "not_found")
        check_problem(machine.get("/api/v1/"), 404, "not_found")

    def test_wrong_method(self, machine) -> None:
        response = machine.delete(ACTS)
        check_problem(response, 405, "method_not_allowed")
        assert set(response["Allow"].split(", ")) == {"GET", "POST"}

    def test_permission_comes_before_the_body(self, cast) -> None:
        client = Client()
        client.force_login(cast.users["leader"])
        check_problem(post(client, {"nonsense": 1}), 403, "forbidden")

    def test_too_large(self, machine, settings) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        check_problem(post(machine, {"title": "甲" * 100}), 413, "too_large")
        again = post(machine, {"title": "甲" * 100}, headers={"Idempotency-Key": "a"})
        check_problem(again, 413, "too_large")


class TestSessions:
    def test_a_session_needs_the_csrf_token_and_a_bearer_does_not(self, cast, token) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.users["county"])
        assert client.get(ACTS).status_code == 200
        check_problem(post(client, {"title": "甲"}), 403, "csrf_failed")
        client.cookies["anlan_csrf"] = "a" * 32
        assert post(client, {"title": "甲"}, headers={"X-CSRFToken": "a" * 32}).status_code == 201
        bearer = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})
        assert post(bearer, {"title": "甲"}).status_code == 201

    def test_a_bad_bearer_is_not_saved_by_a_session(self, cast) -> None:
        client = Client(headers={"Authorization": "Bearer anlan_guess"})
        client.force_login(cast.users["county"])
        check_problem(client.get(ACTS), 401, "sign_in_required")

    def test_a_public_operation_is_for_everybody(self, client, cast) -> None:
        assert client.get("/api/v1/open").json() == ["开"]
        client.force_login(cast.users["firm"])
        assert client.get("/api/v1/open").json() == ["开"]


class TestVersions:
    def test_read_and_edit(self, machine) -> None:
        url = f"{ACTS}/{plumbing.SUBJECT}"
        tag = machine.get(url)["ETag"]
        edit = {"path": url, "data": {"title": "新"}, "content_type": "application/json"}
        assert tag == '"3"'
        assert machine.patch(**edit).status_code == 200
        assert machine.patch(**edit, headers={"If-Match": tag}).status_code == 200
        problem = check_problem(machine.patch(**edit, headers={"If-Match": '"2"'}), 412, "stale_version")
        assert problem["current_version"] == 3
        check_problem(machine.patch(**edit, headers={"If-Match": "3"}), 400, "malformed")


class TestDefaultDeny:
    def test_an_operation_must_say_who_may_call_it(self) -> None:
        router = Router()

        @router.get("/forgotten")
        def forgotten(request):
            return None

        with pytest.raises(ImproperlyConfigured, match="forgotten"):
            _ = build_api([("", router)], urls_namespace="forgotten").urls

    def test_a_view_must_say_who_may_call_it(self, client, cast) -> None:
        assert client.get("/undeclared/").status_code == 403
        client.force_login(cast.users["county"])
        response = client.get("/undeclared/")
        assert response.status_code == 403
        assert "谁都能看" not in response.content.decode()

    def test_every_route_here_is_declared(self) -> None:
        views = [pattern.callback for pattern in plumbing.api.urls[0]]
        assert all(is_declared(view) for view in views)
        for operation in plumbing.api.operations():
            assert permission_of(operation.view_func) or public_reason_of(operation.view_func)


class TestPages:
    @pytest.fixture
    def messages(self, cast):
        with acting(cast.county):
            Message.objects.bulk_create(
                Message(
                    region_path=cast.county.region_path,
                    to_organisation_id=cast.county.organisation_id,
                    subject_type="test",
                    subject_id=plumbing.SUBJECT,
                    title=f"第 {n} 条",
                    dedupe_key=f"pages-{n}",
                    at="2026-01-01T00:00:00Z",
                )
                for n in range(25)
            )
            yield notify.messages_to(cast.county)

    def test_a_page_and_its_count(self, messages, machine) -> None:
        body = machine.get(ACTS, {"page": 3, "page_size": 10}).json()
        assert [len(body["items"]), body["count"], body["count_is_exact"], body["next_cursor"]] == [5, 25, True, None]
        assert machine.get(ACTS, {"page": 9}).json()["items"] == []

    def test_counting_stops_above_the_limit(self, messages) -> None:
        assert bounded_count(messages, limit=24) == (24, False)
        assert bounded_count(messages, limit=25) == (25, True)
        assert paginate(messages, PageQuery(count="exact")).count == 25
        sheet = paginate(messages, PageQuery(count="none"))
        assert (sheet.count, sheet.count_is_exact) == (None, False)

    def test_counting_a_bounded_number_of_rows(self, messages, django_assert_num_queries) -> None:
        with django_assert_num_queries(2) as queries:
            paginate(messages, PageQuery())
        assert "LIMIT 10001" in queries.captured_queries[1]["sql"]

    def test_a_cursor_walks_everything_once(self, messages, machine) -> None:
        seen, cursor = [], ""
        while cursor is not None:
            body = machine.get(ACTS, {"cursor": cursor, "page_size": 7}).json()
            seen += [item["id"] for item in body["items"]]
            cursor = body["next_cursor"]
            assert body["count"] is None
        assert len(seen) == len(set(seen)) == 25
        assert seen == sorted(seen, reverse=True)

    @pytest.mark.parametrize("cursor", ["x", "AAAA", "!!!!", "é" * 10, "A" * 23])
    def test_a_foreign_cursor_is_refused(self, messages, cursor: str) -> None:
        with pytest.raises(Invalid):
            paginate(messages, PageQuery(cursor=cursor))


class TestDescription:
    @pytest.fixture
    def description(self) -> dict:
        return plumbing.api.get_openapi_schema(path_prefix="api/v1/")

    def test_version_and_place(self, client, db) -> None:
        body = client.get("/api/v1/openapi.json").json()
        assert body["openapi"].startswith("3.1")
        docs = client.get("/api/v1/docs")
        assert docs.status_code == 200
        assert b"https://" not in docs.content
        assert b"//cdn" not in docs.content

    def test_every_operation_declares_its_problems(self, description) -> None:
        statuses = {
            (path, method): {str(status) for status in operation["responses"]}
            for path, methods in description["paths"].items()
            for method, operation in methods.items()
        }
        body = {"413", "415"}
        always = {"400", "422", "503"}
        assert statuses["/api/v1/acts", "post"] == {"201", "401", "403", "404", "409", "412", *body, *always}
        assert statuses["/api/v1/acts", "get"] == {"200", "401", "403", *always}
        assert statuses["/api/v1/open", "get"] == {"200", *always}
        assert body <= statuses["/api/v1/photos", "post"]
        refusal = description["paths"]["/api/v1/acts"]["post"]["responses"][409]
        assert refusal["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert {"code", "detail", "errors"} <= description["components"]["schemas"]["Problem"]["properties"].keys()

    def test_posts_take_an_idempotency_key(self, description) -> None:
        def headers(method: str) -> list[str]:
            parameters = description["paths"]["/api/v1/acts"][method]["parameters"]
            return [one["name"] for one in parameters if one["in"] == "header"]

        assert headers("post") == ["Idempotency-Key"]
        assert headers("get") == []

    def test_references_lead_somewhere(self, description) -> None:
        schemas = description["components"]["schemas"]
        text = str(dict(description))
        named = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}
        assert named <= schemas.keys()
