"""``anlan load_organisations --county 331082``: the organs of a county (or ``--city``) from a template."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from anlan.authz.actors import system_actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.scope import acting
from anlan.lib.refusals import NotInScope
from anlan.organisations.actions import OrganisationLoad, load_organisations
from anlan.organisations.selectors import deployed_region, regions_below
from anlan.organisations.template import Template, read_template

TEMPLATES = Path(settings.BASE_DIR).parents[1] / "data" / "reference" / "organisation-templates"


class Command(BaseCommand):
    help = "按模板载入一个县（或市）的组织机构：机关、部门、专委办、乡镇街道、村社区。可重复执行，已有的不改。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--county", nargs="+", default=[], metavar="CODE", help="县（市、区）的 6 位区划代码")
        parser.add_argument("--city", nargs="+", default=[], metavar="CODE", help="设区市的 4 位区划代码")
        parser.add_argument("--template", default="", help="模板名或 TOML 文件，默认按层级取 county 或 city")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["county"] and not options["city"]:
            raise CommandError("请用 --county 或 --city 指明区划代码。")
        for option in ("city", "county"):
            for code in options[option]:
                self._load(code, _template(options["template"] or option))

    def _load(self, code: str, template: Template) -> None:
        try:
            region = deployed_region(code, template.level)
        except NotInScope as unknown:
            raise CommandError(f"没有代码为 {code} 的{template.title}，请先执行 anlan load_regions。") from unknown
        actor = system_actor(region)
        with acting(actor):
            load = load_organisations(actor=actor, region=region, plan=template.plan(region, regions_below(region)))
        self.stdout.write("\n".join([region.name, *report(load)]))


def _template(name: str) -> Template:
    path = Path(name) if name.endswith(".toml") else TEMPLATES / f"{name}.toml"
    try:
        return read_template(path)
    except FileNotFoundError as missing:
        raise CommandError(f"没有模板 {path.name}。") from missing


def report(load: OrganisationLoad) -> list[str]:
    """One line a kind: ``部门 20（新增 0）``."""
    return [
        f"  {kind.label} {load.found[kind]}（新增 {load.added[kind]}）" for kind in OrganisationKind if load.found[kind]
    ]
