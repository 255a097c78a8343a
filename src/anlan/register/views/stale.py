"""久未更新: what nobody has looked at for long, and the button that says it is still so."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from anlan.authz.permissions import Permission
from anlan.http.api import ActingRequest, requires
from anlan.jobs import api as jobs
from anlan.lib.refusals import Invalid
from anlan.register import actions, tasks
from anlan.ui.lists import ticked


@require_POST
@requires(Permission.ENTERPRISE_EDIT)
def confirm_unchanged(request: ActingRequest) -> HttpResponse:
    """Confirm the ticked enterprises."""
    try:
        count = actions.confirm_unchanged(actor=request.actor, enterprise_ids=ticked(request))
    except Invalid as nothing:
        messages.error(request, nothing.errors[0].message)
    else:
        messages.success(request, f"已确认 {count} 家企业的信息没有变化。")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"{reverse('register:enterprise-list')}?stale=1"
    return redirect(back)


@require_POST
@requires(Permission.ENTERPRISE_VIEW)
def export_enterprises(request: ActingRequest) -> HttpResponse:
    """Start writing the list the person is looking at; go to its progress."""
    return jobs.start_export(request, tasks.export_enterprises, "导出企业底册")
