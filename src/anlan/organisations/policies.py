"""Who may change the tree of organisations."""

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.lib.refusals import Forbidden, NotInScope


def check_can_create_organisation(actor: Actor, kind: OrganisationKind, region: Region) -> None:
    """Organs of government come from the template; whoever edits enterprises may open an enterprise's organisation."""
    if not region.path.startswith(actor.region_path):
        raise NotInScope("区划")
    if actor.is_system:
        return
    if kind != OrganisationKind.ENTERPRISE:
        raise Forbidden("forbidden", "党政机关和第三方机构由系统管理员载入，您只能为企业开通组织。")
    require(actor, Permission.ENTERPRISE_EDIT)
