import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

from anlan.lib.searching import search_text

CHUNK = 1000
FOUND_BY = {
    # model: the columns with names, the others
    "Enterprise": (
        ("name", "short_name"),
        ("unified_social_credit_code", "own_no", "legal_representative", "phone", "registered_address"),
    ),
    "Site": (("name",), ("address",)),
    "SupervisedObject": (("name",), ("address", "party_name", "party_phone")),
}


def put_down(apps, schema_editor):
    people = {}
    for site_id, *person in apps.get_model("register", "SitePerson").objects.values_list("site_id", "name", "phone"):
        people.setdefault(site_id, []).extend(person)
    for name, (names, others) in FOUND_BY.items():
        model = apps.get_model("register", name)
        for rows in in_chunks(model.objects.order_by("id").only("id", *names, *others).iterator(CHUNK)):
            for row in rows:
                beside = [getattr(row, column) for column in others] + people.get(row.id, [])
                row.search_text = search_text(
                    filter(None, (getattr(row, column) for column in names)), filter(None, beside)
                )
            model.objects.bulk_update(rows, ["search_text"])
    # The constraint that follows cannot be added while checks of these rows are still waiting.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def in_chunks(rows):
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def columns(model):
    return [
        migrations.AddField(
            model,
            "former_names",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), default=list, size=None, verbose_name="曾用名"
            ),
        ),
        migrations.AddField(
            model, "search_text", models.TextField(default="", verbose_name="搜索文本"), preserve_default=False
        ),
    ]


def constraint(model, name):
    return migrations.AddConstraint(
        model, models.CheckConstraint(condition=~Q(search_text=""), name=f"{name}_can_be_found")
    )


class Migration(migrations.Migration):
    dependencies = [("register", "0007_objects")]

    operations = [
        *columns("enterprise"),
        *columns("site"),
        *columns("supervisedobject"),
        migrations.RunPython(put_down, migrations.RunPython.noop, elidable=True),
        constraint("enterprise", "enterprise"),
        constraint("site", "site"),
        constraint("supervisedobject", "object"),
    ]
