"""What is put into SQL once must say the same as what is put into SQL each time, for whoever asks."""

from dataclasses import replace
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.authz.scope import acting, in_subtree
from anlan.hidden_dangers.answers import row
from anlan.hidden_dangers.choices import Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.rows import rows_of
from anlan.hidden_dangers.selectors import Filters, hidden_dangers, lines
from anlan.lib import clock
from anlan.lib.refusals import NotInScope
from anlan.reads.attached import attach_names, attaching
from anlan.reads.prepared import Given, Ids, PreparedSQL, prepared
from tests.factories.cast import Cast
from tests.factories.matters import Matters

pytestmark = pytest.mark.django_db


def _prepared_texts() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {text for (text,) in cursor.fetchall()}


def test_a_list_is_planned_for_its_values_and_a_prepared_read_once(cast: Cast):
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)
        for _ in range(8):
            cursor.execute("SELECT count(*) FROM authz_region WHERE path >= %s", ["33/"])
        cursor.execute(PreparedSQL("SELECT name FROM authz_region WHERE id = %s"), [uuid4()])
    texts = _prepared_texts()
    assert any(text.startswith("SELECT name FROM authz_region") for text in texts)
    assert not any(text.startswith("SELECT count(*) FROM authz_region WHERE path") for text in texts)


def test_everybody_gets_their_own_answer_from_the_one_statement(cast: Cast):
    matter = Matters(cast).registered()
    for name in ("county", "town", "village", "dept", "firm", "other", "city", "leader"):
        actor = getattr(cast, name)
        with acting(actor):
            seen = HiddenDanger.objects.visible_to(actor).filter(id=matter.id).exists()
            if seen:
                assert HiddenDanger.objects.get_visible(actor, id=matter.id) == matter
            else:
                with pytest.raises(NotInScope):
                    HiddenDanger.objects.get_visible(actor, id=matter.id)


def test_one_who_looks_the_same_sees_only_where_they_stand(cast: Cast):
    matter = Matters(cast).registered()
    elsewhere = replace(cast.town, region_path=cast.other.region_path, organisation_path=cast.other.organisation_path)
    with acting(cast.town):
        assert HiddenDanger.objects.get_visible(cast.town, id=matter.id) == matter
        assert elsewhere.parts().shape == cast.town.parts().shape
        with pytest.raises(NotInScope):
            HiddenDanger.objects.get_visible(elsewhere, id=matter.id)


def test_a_read_that_reckons_from_a_value_is_refused():
    @prepared
    def below(one: Given) -> object:
        return Organisation.objects.filter(in_subtree("path", f"{one.value}/"))

    with pytest.raises(TypeError, match="reckoned"):
        below(Given("33"))


def test_a_shape_may_differ_and_a_value_may_not_be_kept(cast: Cast):
    @prepared
    def of_kind(ids: Ids, kind: str) -> object:
        return Organisation.objects.filter(pk__any=ids, kind=kind).order_by("id")

    found = list(Organisation.objects.order_by("id")[:8])
    for kind in {one.kind for one in found}:
        wanted = [one for one in found if one.kind == kind]
        assert of_kind(Ids(one.id for one in found), kind) == wanted
        assert of_kind(Ids([wanted[0].id]), kind) == wanted[:1]


def test_a_refined_read_is_not_answered_by_the_one_before(cast: Cast):
    """What a prepared read gives is rows, not a queryset: nothing narrows it behind its SQL."""
    matter = Matters(cast).registered()
    with acting(cast.county):
        rows = HiddenDanger.objects.filter(number="none")
        with pytest.raises(NotInScope):
            rows.get_visible(cast.county, id=matter.id)
        with pytest.raises(NotInScope):
            HiddenDanger.objects.none().get_visible(cast.county, id=matter.id)


def test_names_come_in_one_query_and_the_rest_when_it_is_asked_for(cast: Cast):
    for _ in range(3):
        Matters(cast).rectifying()
    with acting(cast.county):
        rows = HiddenDanger.objects.visible_to(cast.county)
        with CaptureQueriesContext(connection) as asked:
            found = list(attaching(rows, "region", "holder", "lead", "party_enterprise", "party_organisation"))
            told = [(one.region.name, one.holder.short_name, one.lead.name, one.party_enterprise.name) for one in found]
            assert [one.party_organisation for one in found] == [None, None, None]
        assert len(asked) == 2
        joined = rows.select_related("region", "holder", "lead", "party_enterprise")
        assert told == [(x.region.name, x.holder.short_name, x.lead.name, x.party_enterprise.name) for x in joined]
        assert found[0].holder.kind == Organisation.objects.get(id=found[0].holder_id).kind
        assert list(attaching(rows, "region").iterator(2)) == found


def test_nothing_is_asked_about_nobody(cast: Cast):
    with CaptureQueriesContext(connection) as asked:
        attach_names([], ["region"])
        assert list(attaching(HiddenDanger.objects.none(), "region")) == []
    assert len(asked) == 0
    assert UUID(int=1) not in Ids([])


def _whoever(cast: Cast) -> list[Actor]:
    return [getattr(cast, name) for name in ("county", "town", "village", "dept", "firm", "other", "city", "leader")]


def test_a_list_put_into_sql_once_is_the_list_for_whoever_asks_and_however_narrowed(cast: Cast):
    matters = Matters(cast)
    matters.registered()
    late = matters.rectifying()
    on = clock.today()
    narrowed = [
        Filters(),
        Filters(state="open"),
        Filters(state="mine", status=(Status.REGISTERED,)),
        Filters(region_path=cast.town.region_path),
        Filters(region_path=cast.other.region_path),
        Filters(site_id=late.site_id),
        Filters(site_id=uuid4()),
        Filters(enterprise_id=late.party_enterprise_id, holder_id=cast.town.organisation_id),
        Filters(q="通道 50%"),
        Filters(registered_from=on, imported=False),
    ]
    for actor, filters, sort in product(_whoever(cast), narrowed, ("", "-due_on", "number")):
        with acting(actor):
            rows = hidden_dangers(actor, filters, on).sorted_by(sort)
            found = lines(actor, filters, on, sort)
            assert found[0:50] == list(rows[:50]), (actor.label, filters, sort)
            assert found[1:2] == list(rows[1:2])
            assert found.count_up_to(50) == rows.count()
            assert found.count_up_to(1) == min(rows.count(), 1)
            assert list(found.rows()) == list(rows)


def test_a_line_asks_for_nothing_more_than_was_read(cast: Cast):
    Matters(cast).rectifying()
    with acting(cast.county):
        found = lines(cast.county, Filters(), clock.today())[0:5]
        with CaptureQueriesContext(connection) as asked:
            rows_of(found)
            [row(cast.county, matter) for matter in found]
        assert len(asked) == 0
        assert found[0].clause == HiddenDanger.objects.get(id=found[0].id).clause
