"""Evidence: kept byte for byte, shown without metadata, seen by whoever sees its subject and by nobody else."""

import hashlib
import io
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from anlan.authz.scope import acting
from anlan.files import api, storage
from anlan.files.models import StoredFile
from anlan.ledger.models import LedgerEntry
from anlan.lib import ids
from anlan.lib.refusals import Forbidden, Invalid, NotInScope
from tests.factories import pictures

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.fakes.plumbing")]
SUBJECT = ids.uuid7()
ORIENTATION, MAKE = 0x0112, 0x010F
PHOTO = pictures.jpeg(exif={ORIENTATION: 6, MAKE: "CameraOfZhang"})


@pytest.fixture(autouse=True)
def place(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("anlan.files.subjects._resolvers", {})
    return tmp_path


def upload(actor, content: bytes = PHOTO, name: str = "现场.jpg", **options) -> StoredFile:
    with acting(actor):
        return api.store(actor=actor, upload=SimpleUploadedFile(name, content), **{"kind": "BEFORE", **options})


def attach(actor, *files: StoredFile, subject_id=SUBJECT, **options) -> list[StoredFile]:
    given = {
        "file_ids": [file.id for file in files],
        "subject_type": "test",
        "subject_id": subject_id,
        "region_path": actor.region_path,
        "kind": "AFTER",
    }
    with acting(actor):
        return api.attach(actor=actor, **{**given, **options})


def browser(cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name])
    return client


class TestStore:
    def test_the_original_is_kept_byte_for_byte(self, cast, place) -> None:
        file = upload(
            cast.town, taken_at=None, position=api.Position(Decimal("121.1234567"), Decimal("28.8"), Decimal(5))
        )
        assert file.sha256 == hashlib.sha256(PHOTO).hexdigest()
        path = storage.original_path(file.sha256)
        assert path == place / "files" / file.sha256[:2] / file.sha256[2:4] / file.sha256
        assert path.read_bytes() == PHOTO
        assert (file.content_type, file.width, file.height, file.size) == ("image/jpeg", 40, 20, len(PHOTO))
        assert (file.longitude, file.latitude, file.accuracy_m) == (Decimal("121.123457"), Decimal("28.8"), Decimal(5))
        assert (file.region_path, file.organisation_id) == (cast.town.region_path, cast.town.organisation_id)
        assert list(place.rglob(".writing-*")) == []

    def test_the_type_is_the_contents_and_not_the_names(self, cast) -> None:
        assert upload(cast.town, pictures.PDF, "照片.jpg").content_type == "application/pdf"
        with pytest.raises(Invalid, match="不支持"):
            upload(cast.town, b"MZ\x90", "照片.jpg")

    def test_the_same_bytes_in_another_county_say_nothing(self, cast, place) -> None:
        first, second = upload(cast.county), upload(cast.other)
        assert first.id != second.id
        assert first.sha256 == second.sha256
        with acting(cast.other):
            assert StoredFile.objects.count() == 1
        assert len([path for path in (place / "files").rglob("*") if path.is_file()]) == 1

    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\用户\\照片.jpg", "照片.jpg"),
            ("a\r\nb\u202e.jpg", "ab.jpg"),
            ("长" * 300 + ".docx", "长" * 150 + ".docx"),
            ("长" * 300, "长" * 150),
        ],
    )
    def test_names_are_made_harmless(self, cast, name: str, kept: str) -> None:
        file = SimpleUploadedFile("x", PHOTO)
        file._name = name
        with acting(cast.town):
            assert api.store(actor=cast.town, upload=file, kind="OTHER").original_name == kept

    def test_limits(self, cast, settings) -> None:
        settings.ANLAN_MAX_UPLOAD_MB = 1
        with pytest.raises(Invalid, match="超过 1 MB"):
            upload(cast.town, b"%PDF-" + b"x" * 1024 * 1024)
        with pytest.raises(Invalid, match="是空的"):
            upload(cast.town, b"")
        with pytest.raises(Invalid, match="坐标"):
            upload(cast.town, position=api.Position(Decimal(181), Decimal(0)))
        with pytest.raises(Invalid, match="类别"):
            upload(cast.town, kind="NONSENSE")
        with pytest.raises(Forbidden):
            upload(cast.system())


class TestAttach:
    def test_evidence_enters_the_ledger(self, cast) -> None:
        files = attach(cast.town, upload(cast.town), upload(cast.town, pictures.PDF))
        with acting(cast.county):
            entry = LedgerEntry.objects.get(event="file.attached")
            assert entry.subject_id == SUBJECT
            assert [one["sha256"] for one in entry.payload["files"]] == [file.sha256 for file in files]
            assert {file.kind for file in StoredFile.objects.all()} == {"AFTER"}

    def test_only_ones_own_uploads(self, cast) -> None:
        mine, theirs, outside = upload(cast.town), upload(cast.town2), upload(cast.other)
        for foreign in (theirs, outside):
            with pytest.raises(NotInScope):
                attach(cast.town, mine, foreign)
        with pytest.raises(NotInScope):
            attach(cast.town, file_ids=[uuid4()])
        with acting(cast.county):
            assert not StoredFile.objects.exclude(subject_id=None).exists()

    def test_only_once(self, cast) -> None:
        file = upload(cast.town)
        attach(cast.town, file, file)
        with pytest.raises(Invalid, match="已经用于别的记录"):
            attach(cast.town, file)

    def test_not_by_another_organisation_of_the_same_person(self, cast) -> None:
        file = upload(cast.town)
        other_hat = cast.add(
            "town-hat", "TOWNSHIP_OFFICE", "周", cast.organisations["大洋街道"], cast.regions["331082002"]
        )
        hat = type(other_hat)(**{**other_hat.__dict__, "user_id": cast.town.user_id})
        with pytest.raises(NotInScope):
            attach(hat, file)


class TestFilesOf:
    def test_many_subjects_in_one_query(self, cast, django_assert_num_queries) -> None:
        first, second, third = ids.uuid7(), ids.uuid7(), ids.uuid7()
        one = attach(cast.town, upload(cast.town), upload(cast.town), subject_id=first)
        two = attach(cast.town, upload(cast.town), subject_id=second)
        with acting(cast.town), django_assert_num_queries(1):
            assert api.files_of("test", [first, second, third]) == {first: one, second: two, third: []}
        with acting(cast.town):
            assert api.files_of("other", [first]) == {first: []}
        with acting(cast.other):
            assert api.files_of("test", [first]) == {first: []}


class TestSight:
    def get(self, client: Client, file: StoredFile, what: str = "") -> int:
        response = client.get(f"/files/{file.id}/{what}")
        b"".join(response)  # to its end, which closes the file
        return response.status_code

    def test_before_it_is_attached_only_the_uploader(self, cast) -> None:
        file = upload(cast.town)
        seen = {name: self.get(browser(cast, name), file) for name in ("town", "town2", "county", "other", "firm")}
        assert seen == {"town": 200, "town2": 404, "county": 404, "other": 404, "firm": 404}
        assert Client().get(f"/files/{file.id}/").status_code == 302

    def test_afterwards_whoever_sees_the_subject(self, cast) -> None:
        file = upload(cast.town)
        attach(cast.town, file)
        assert self.get(browser(cast, "town"), file) == 404  # nobody answers for the subject
        api.register_subject(
            "test", lambda actor, subject_id: subject_id == SUBJECT and actor.organisation_name != "古城街道"
        )
        seen = {name: self.get(browser(cast, name), file) for name in ("town", "town2", "county", "other")}
        assert seen == {"town": 404, "town2": 200, "county": 200, "other": 404}

    def test_a_missing_file_is_not_there(self, cast) -> None:
        file = upload(cast.town)
        storage.original_path(file.sha256).unlink()
        client = browser(cast, "town")
        assert [self.get(client, file, what) for what in ("", "view/", "thumb/")] == [404, 404, 404]


class TestDownload:
    def test_the_original_is_never_shown_inline(self, cast) -> None:
        response = browser(cast, "town").get(f"/files/{upload(cast.town).id}/")
        assert b"".join(response.streaming_content) == PHOTO
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "private" in response["Cache-Control"]

    def test_pages_see_an_upright_copy_without_metadata(self, cast) -> None:
        response = browser(cast, "town").get(f"/files/{upload(cast.town).id}/view/")
        content = b"".join(response.streaming_content)
        assert response["Content-Type"] == "image/webp"
        assert "attachment" not in response.get("Content-Disposition", "")
        assert b"CameraOfZhang" in PHOTO
        assert b"secret comment" in PHOTO
        for secret in (b"CameraOfZhang", b"secret comment", b"EXIF", b"Exif"):
            assert secret not in content
        with Image.open(io.BytesIO(content)) as copy:
            assert copy.size == (20, 40)  # turned by its orientation
            assert copy.getpixel((10, 5))[0] > 200
            assert copy.getpixel((10, 5))[1] < 80
            assert copy.getpixel((10, 35))[1] > 200

    @pytest.mark.parametrize(("what", "longest"), [("view/", 1600), ("thumb/", 320)])
    def test_sizes(self, cast, what: str, longest: int) -> None:
        client = browser(cast, "town")
        file = upload(cast.town, pictures.jpeg(4000, 1000))
        for _ in range(2):
            response = client.get(f"/files/{file.id}/{what}")
            with Image.open(io.BytesIO(b"".join(response.streaming_content))) as copy:
                assert copy.size == (longest, longest // 4)

    @pytest.mark.parametrize(
        ("kind", "mode"),
        [
            ("PNG", "RGBA"),
            ("PNG", "P"),
            ("PNG", "I;16"),
            ("GIF", "L"),
            ("WEBP", "RGB"),
            ("PNG", "LA"),
            ("PNG", "1"),
            ("JPEG", "CMYK"),
        ],
    )
    def test_every_kind_of_picture_can_be_shown(self, cast, kind: str, mode: str) -> None:
        file = upload(cast.town, pictures.picture(kind, mode=mode))
        response = browser(cast, "town").get(f"/files/{file.id}/thumb/")
        with Image.open(io.BytesIO(b"".join(response.streaming_content))) as copy:
            assert copy.size == (40, 20)

    def test_a_document_has_no_picture(self, cast) -> None:
        file = upload(cast.town, pictures.PDF, "方案.pdf")
        assert browser(cast, "town").get(f"/files/{file.id}/view/").status_code == 404


class TestUploadEndpoint:
    def test_it_answers_with_the_hash(self, cast, client_of) -> None:
        body = {
            "file": SimpleUploadedFile("现场.jpg", PHOTO),
            "kind": "BEFORE",
            "longitude": "121.1",
            "latitude": "28.8",
        }
        response = client_of("town").post("/api/v1/files", body)
        assert response.status_code == 201, response.content.decode()
        answer = response.json()
        assert answer["sha256"] == hashlib.sha256(PHOTO).hexdigest()
        assert (answer["kind"], answer["kind_label"], answer["longitude"]) == ("BEFORE", "整改前", "121.100000")
        again = client_of("town").get(f"/api/v1/files/{answer['id']}").json()
        assert again == answer
        assert client_of("town2").get(f"/api/v1/files/{answer['id']}").status_code == 404

    def test_refusals_point_to_the_file(self, client_of) -> None:
        response = client_of("town").post("/api/v1/files", {"file": SimpleUploadedFile("x.jpg", b"MZ")})
        assert response.status_code == 422
        assert (response.json()["errors"][0]["pointer"], response.json()["errors"][0]["source"]) == ("/file", "file")
        response = client_of("town").post("/api/v1/files", {})
        assert response.json()["errors"][0] == {"pointer": "/file", "message": "请填写这一项。", "source": "file"}

    @pytest.mark.parametrize(
        ("given", "pointer", "word"),
        [
            ({"taken_at": "2026-03-05T08:00:00"}, "/taken_at", "时间应带时区"),
            ({"longitude": "121.1"}, "/latitude", "经度和纬度须同时填写"),
            ({"latitude": "28.8"}, "/longitude", "经度和纬度须同时填写"),
        ],
    )
    def test_half_a_place_or_a_time_of_nowhere_is_refused(self, client_of, given, pointer: str, word: str) -> None:
        sent = {"file": SimpleUploadedFile("x.jpg", PHOTO), "kind": "BEFORE", **given}
        [error] = client_of("town").post("/api/v1/files", sent).json()["errors"]
        assert (error["pointer"], error["source"]) == (pointer, "form")
        assert word in error["message"]

    def test_a_file_comes_in_a_form(self, client_of) -> None:
        refused = client_of("town").post("/api/v1/files", {"kind": "BEFORE"}, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")
        assert "multipart/form-data" in refused.json()["detail"]
