"""Messages: told once, seen by whom they are addressed to, handed over at least once."""

import json
from datetime import date

import pytest
from django.db import transaction

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.lib import clock, ids
from anlan.notify import adapters, api
from anlan.notify.models import Message
from anlan.notify.tasks import deliver

pytestmark = pytest.mark.django_db
SUBJECT = ids.uuid7()


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("anlan.notify.subjects._addresses", {})
    return tmp_path / "outbox"


def telling(cast, actor=None, to: str = "临海应急局", key: str = "k") -> dict:
    actor = actor or cast.county
    return {
        "actor": actor,
        "organisation_id": cast.organisations[to].id,
        "subject_type": "test",
        "subject_id": SUBJECT,
        "region_path": actor.region_path,
        "title": "请签收",
        "body": "有一处隐患交办给您单位。",
        "dedupe_key": key,
    }


def tell(actor, to: str, cast, *, key: str = "k", **options) -> bool:
    with acting(actor), jobs.inline():
        is_new = api.tell(**{**telling(cast, actor, to, key), **options})
        jobs.run_pending()
    return is_new


def titles(actor) -> list[str]:
    with acting(actor):
        return [message.title for message in api.unread(actor)]


class TestTell:
    def test_once(self, cast) -> None:
        assert tell(cast.county, "临海应急局", cast)
        assert not tell(cast.county, "临海应急局", cast, title="另一句")
        assert titles(cast.dept) == ["请签收"]

    def test_a_rolled_back_act_tells_nothing(self, cast, outbox) -> None:
        with acting(cast.county), transaction.atomic():
            tell(cast.county, "临海应急局", cast)
            transaction.set_rollback(True)
        assert titles(cast.dept) == []

    def test_long_titles_are_shortened(self, cast) -> None:
        tell(cast.county, "临海应急局", cast, title="长" * 500)
        assert titles(cast.dept) == ["长" * 120]


class TestSight:
    def test_only_the_organisation_addressed(self, cast) -> None:
        tell(cast.county, "临海应急局", cast)
        tell(cast.other, "温岭应急局", cast, key="other")
        seen = {
            name: titles(getattr(cast, name))
            for name in ("dept", "county", "town", "leader", "firm", "other", "other_dept")
        }
        assert [name for name, found in seen.items() if found] == ["dept", "other_dept"]

    def test_a_message_to_one_person(self, cast) -> None:
        colleague = cast.add(
            "colleague", "DEPARTMENT_INSPECTOR", "沈同事", cast.organisations["临海应急局"], cast.regions["331082"]
        )
        tell(cast.county, "临海应急局", cast, user_id=colleague.user_id)
        assert titles(colleague) == ["请签收"]
        assert titles(cast.dept) == []

    def test_the_enterprise_sees_its_own(self, cast) -> None:
        tell(cast.county, "江南机械", cast)
        assert titles(cast.firm) == ["请签收"]
        assert titles(cast.firm2) == []


class TestReading:
    def test_reading_leads_to_the_subject_once(self, cast, client_of) -> None:
        tell(cast.county, "临海应急局", cast)
        api.register_address("test", lambda subject_id: f"/lazy/?{subject_id}")
        client = client_of("dept")
        with acting(cast.dept):
            message = api.unread(cast.dept).get()
        page = client.get("/messages/").content.decode()
        assert f'action="/messages/{message.id}/read/"' in page
        assert "未读：" in page
        assert client.post(f"/messages/{message.id}/read/")["Location"] == f"/lazy/?{SUBJECT}"
        assert titles(cast.dept) == []
        with acting(cast.dept):
            first = Message.objects.get(id=message.id).read_at
        client.post(f"/messages/{message.id}/read/")
        with acting(cast.dept):
            assert Message.objects.get(id=message.id).read_at == first
        assert client_of("county").post(f"/messages/{message.id}/read/").status_code == 404

    def test_everything_at_once(self, cast, client_of) -> None:
        for n in range(3):
            tell(cast.county, "临海应急局", cast, key=f"k{n}")
        tell(cast.county, "古城街道", cast, key="town")
        assert client_of("dept").post("/messages/read-all/").status_code == 302
        assert (titles(cast.dept), titles(cast.town)) == ([], ["请签收"])

    def test_the_bell_counts_and_stops(self, cast, client_of, django_assert_num_queries) -> None:
        for n in range(5):
            tell(cast.county, "临海应急局", cast, key=f"k{n}")
        with acting(cast.dept):
            assert api.unread_count(cast.dept) == 5
            with django_assert_num_queries(1):
                assert api.unread_count(cast.dept, limit=3) == 3
        page = client_of("dept").get("/messages/").content.decode()
        assert "消息，5 条未读" in page
        assert "全部标为已读" in page
        assert "临海应急局" in page


class TestDelivery:
    def test_each_message_leaves_as_one_line(self, cast, outbox) -> None:
        with clock.at(clock.start_of(date(2026, 3, 2))):
            tell(cast.county, "临海应急局", cast)
            tell(cast.county, "临海应急局", cast, key="k2", body="两\n行")
        lines = (outbox / "2026-03-02.jsonl").read_text("utf-8").splitlines()
        sent = [json.loads(line) for line in lines]
        assert [one["body"] for one in sent] == ["有一处隐患交办给您单位。", "两\n行"]
        with acting(cast.county):
            assert Message.objects.filter(delivered_at=None).count() == 0

    def test_what_has_left_does_not_leave_again(self, cast, outbox) -> None:
        tell(cast.county, "临海应急局", cast)
        with acting(cast.county):
            message = Message.objects.get()
        deliver(message_id=str(message.id), region_path=message.region_path)
        assert len(next(outbox.iterdir()).read_text("utf-8").splitlines()) == 1

    def test_a_failing_adapter_is_tried_again(self, cast, monkeypatch) -> None:
        def fail(message: dict) -> None:
            raise ConnectionError

        with acting(cast.county):
            api.tell(**telling(cast))
            message = Message.objects.get()
        with monkeypatch.context() as broken:
            broken.setitem(adapters.ADAPTERS, "file", fail)
            with pytest.raises(ConnectionError):
                deliver(message_id=str(message.id), region_path=message.region_path)
        deliver(message_id=str(message.id), region_path=message.region_path)
        with acting(cast.county):
            assert Message.objects.exclude(delivered_at=None).count() == 1

    def test_a_house_without_a_way_out(self, cast, settings, outbox, capsys) -> None:
        settings.ANLAN_NOTIFY = "none"
        tell(cast.county, "临海应急局", cast)
        settings.ANLAN_NOTIFY = "console"
        tell(cast.county, "临海应急局", cast, key="k2")
        assert not outbox.exists()
        assert "请签收" in capsys.readouterr().out
