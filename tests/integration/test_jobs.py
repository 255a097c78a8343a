"""Long work: for its owner alone, under the grant as it is when it runs, with progress seen from outside."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections
from procrastinate.contrib.django import app

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.jobs import actions, api, runner, selectors
from anlan.jobs.choices import State
from anlan.jobs.models import Job
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock, ids
from anlan.lib.refusals import NotInScope, Refused
from anlan.notify import api as notify
from anlan.notify.models import Message

WORK: dict[str, Callable[[Job, Actor], None]] = {}


@api.long_task("tests.work")
def work(job: Job, actor: Actor, *, what: str, **_: object) -> api.Result | None:
    found = WORK[what](job, actor)
    return found if isinstance(found, api.Result) else None


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    WORK.clear()
    return tmp_path


def start(actor: Actor, doing: Callable[[Job, Actor], object], **params) -> Job:
    """Start a job and let it run."""
    WORK["it"] = doing
    with api.inline():
        with acting(actor):
            job = api.start(actor=actor, work=work, title="导出隐患台账", what="it", **params)
        if connection.in_atomic_block:
            api.run_pending()
    job.refresh_from_db()
    return job


def write(job: Job, actor: Actor) -> None:
    notify.Message.objects.create(
        region_path=actor.region_path,
        to_organisation_id=actor.organisation_id,
        subject_type="test",
        subject_id=job.id,
        title="写下的",
        dedupe_key=str(job.id),
        at=clock.now(),
    )


def written(actor: Actor) -> int:
    with acting(actor):
        return Message.objects.filter(title="写下的").count()


@pytest.mark.django_db
class TestRunning:
    def test_it_runs_as_its_owner(self, cast) -> None:
        seen = {}

        def look(job: Job, actor: Actor) -> None:
            seen["actor"] = actor
            seen["entries"] = set(LedgerEntry.objects.values_list("region_path", flat=True))

        job = start(cast.town, look, since=ids.uuid7())
        assert job.state == State.DONE
        assert seen["actor"] == cast.town
        assert seen["entries"]
        assert all(path.startswith(cast.town.wall[0]) for path in seen["entries"])
        assert (job.user_id, job.grant_id, job.organisation_id) == (
            cast.town.user_id,
            cast.town.grant_id,
            cast.town.organisation_id,
        )
        assert job.finished_at is not None

    def test_the_result_is_offered_to_the_owner_alone(self, cast, client_of, place) -> None:
        def export(job: Job, actor: Actor) -> api.Result:
            path = api.result_folder(job) / "out.csv"
            path.write_text("一,二")
            return api.Result(path, "隐患台账.csv")

        job = start(cast.town, export)
        response = client_of("town").get(f"/jobs/{job.id}/result/")
        assert b"".join(response.streaming_content).decode() == "一,二"
        assert "attachment" in response["Content-Disposition"]
        for name in ("county", "town2", "other"):
            for what in ("", "progress/", "result/"):
                assert client_of(name).get(f"/jobs/{job.id}/{what}").status_code == 404
        page = client_of("town").get(f"/jobs/{job.id}/").content.decode()
        assert "下载结果" in page
        assert f"/jobs/{job.id}/progress/" not in page
        answer = client_of("town").get(f"/api/v1/jobs/{job.id}").json()
        assert (answer["state"], answer["result_url"]) == ("DONE", f"/jobs/{job.id}/result/")
        assert client_of("county").get(f"/api/v1/jobs/{job.id}").status_code == 404
        assert client_of("county").get("/api/v1/jobs").json()["items"] == []

    def test_a_refusal_is_told_and_leaves_nothing(self, cast) -> None:
        def refuse(job: Job, actor: Actor) -> None:
            write(job, actor)
            raise Refused("x", "这批数据已经导入过。")

        job = start(cast.town, refuse)
        assert (job.state, job.error) == (State.FAILED, "这批数据已经导入过。")
        assert written(cast.town) == 0

    def test_an_error_is_logged_and_told_without_its_words(self, cast, caplog, client_of) -> None:
        def fail(job: Job, actor: Actor) -> None:
            write(job, actor)
            raise RuntimeError("geheim")

        job = start(cast.town, fail)
        assert job.state == State.FAILED
        assert str(job.id) in job.error
        assert "geheim" not in job.error
        assert "geheim" in caplog.text
        assert written(cast.town) == 0
        assert "任务执行时出错" in client_of("town").get("/jobs/").content.decode()

    def test_a_grant_that_ended_meanwhile(self, cast) -> None:
        ran = []
        WORK["it"] = lambda job, actor: ran.append(1)
        with acting(cast.town), api.inline():
            job = api.start(actor=cast.town, work=work, title="导出", what="it")
            grant = cast.grants["town"]
            grant.valid_to = clock.today() - timedelta(days=1)
            grant.save()
            api.run_pending()
        job.refresh_from_db()
        assert (job.state, ran) == (State.FAILED, [])
        assert "授权已失效" in job.error
        with pytest.raises(NotInScope):
            selectors.job_of(cast.town, job.id)

    def test_the_system_has_no_jobs(self, cast) -> None:
        with acting(cast.system()), pytest.raises(ValueError, match="person"):
            api.start(actor=cast.system(), work=work, title="导出", what="it")


@pytest.mark.django_db
class TestStates:
    def waiting(self, cast) -> Job:
        with acting(cast.town):
            return actions.create(actor=cast.town, kind="tests.work", title="导出", params={"what": "it"})

    def test_a_cancelled_job_does_not_begin(self, cast, client_of) -> None:
        job = self.waiting(cast)
        WORK["it"] = write
        assert client_of("town2").post(f"/jobs/{job.id}/cancel/").status_code == 404
        assert client_of("town").post(f"/jobs/{job.id}/cancel/").status_code == 302
        runner.run(job.id)
        job.refresh_from_db()
        assert job.state == State.CANCELLED
        assert written(cast.town) == 0
        assert client_of("town").post(f"/api/v1/jobs/{job.id}/cancel").json()["code"] == "job_finished"

    def test_cancelling_a_running_job_undoes_it(self, cast) -> None:
        def slow(job: Job, actor: Actor) -> None:
            write(job, actor)
            Job.objects.filter(id=job.id).update(state=State.CANCELLED, finished_at=clock.now())
            api.progress(job, 1, 1)

        job = start(cast.town, slow)
        assert job.state == State.RUNNING  # the test's own update was in the same transaction, and went with it
        assert written(cast.town) == 0

    def test_a_job_left_by_a_dead_worker_begins_again_and_a_finished_one_does_not(self, cast) -> None:
        runs = []
        WORK["it"] = lambda job, actor: runs.append(job.state)
        job = self.waiting(cast)
        assert actions.begin(job_id=job.id).state == State.RUNNING
        runner.run(job.id)
        runner.run(job.id)
        assert runs == [State.RUNNING]
        runner.run(ids.uuid7())

    def test_old_jobs_go_with_their_files(self, cast) -> None:
        def export(job: Job, actor: Actor) -> api.Result:
            path = api.result_folder(job) / "out.csv"
            path.write_text("x")
            return api.Result(path, "out.csv")

        old, waiting = start(cast.town, export), self.waiting(cast)
        folder = api.result_folder(old)
        assert actions.remove_finished_before(instant=clock.now() - timedelta(days=1)) == 0
        assert actions.remove_finished_before(instant=clock.now() + timedelta(days=1)) == 1
        assert not folder.exists()
        assert list(Job.objects.all()) == [waiting]

    def test_the_page_polls_while_it_runs(self, cast, client_of) -> None:
        job = self.waiting(cast)
        actions.begin(job_id=job.id)
        Job.objects.filter(id=job.id).update(done=32, total=50)
        fragment = client_of("town").get(f"/jobs/{job.id}/progress/").content.decode()
        assert f'hx-get="/jobs/{job.id}/progress/"' in fragment
        assert "32 / 50" in fragment
        assert "<html" not in fragment


@pytest.mark.django_db(transaction=True)
class TestCommitted:
    def test_progress_is_seen_from_outside_while_the_work_is_not(self, committed_cast) -> None:
        cast, seen = committed_cast, {}

        def slow(job: Job, actor: Actor) -> None:
            write(job, actor)
            api.progress(job, 5, 10, "第一批")
            outside = connections.create_connection("default")
            with outside.cursor() as cursor:
                cursor.execute("SELECT state, done, total, note FROM jobs_job WHERE id = %s", [job.id])
                seen["job"] = cursor.fetchone()
            outside.close()

        job = start(cast.town, slow)
        assert seen["job"] == ("RUNNING", 5, 10, "第一批")
        assert (job.state, job.done, job.total) == (State.DONE, 5, 10)
        assert written(cast.town) == 1

    def test_cancelling_from_outside_undoes_everything(self, committed_cast) -> None:
        cast = committed_cast

        def slow(job: Job, actor: Actor) -> None:
            write(job, actor)
            outside = connections.create_connection("default")
            with outside.cursor() as cursor:
                cursor.execute("UPDATE jobs_job SET state = 'CANCELLED', finished_at = now() WHERE id = %s", [job.id])
            outside.close()
            api.progress(job, 10, 10)

        job = start(cast.town, slow)
        assert job.state == State.CANCELLED
        assert written(cast.town) == 0

    def test_cancelling_too_late_for_progress_still_undoes_everything(self, committed_cast) -> None:
        cast = committed_cast

        def slow(job: Job, actor: Actor) -> None:
            write(job, actor)
            outside = connections.create_connection("default")
            with outside.cursor() as cursor:
                cursor.execute("UPDATE jobs_job SET state = 'CANCELLED', finished_at = now() WHERE id = %s", [job.id])
            outside.close()

        job = start(cast.town, slow)
        assert job.state == State.CANCELLED
        assert written(cast.town) == 0

    def test_a_worker_runs_it(self, committed_cast, monkeypatch) -> None:
        """Procrastinate itself takes the job out of the queue."""
        cast = committed_cast
        WORK["it"] = write
        monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # or its thread keeps its connection
        with acting(cast.town):
            job = api.start(actor=cast.town, work=work, title="导出", what="it")
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
        job.refresh_from_db()
        assert job.state == State.DONE
        assert written(cast.town) == 1
