"""What the pages of acts have in common. htmx gets the panel, a plain browser a page; both post to the same address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from anlan.http.api import ActingRequest, is_htmx
from anlan.register.forms.base import ActForm


@dataclass(frozen=True)
class Act:
    """``label`` is the verb on the button, ``about`` what it is done to, ``back`` the page one comes from; ``done`` may be empty
    where the act says it itself."""

    label: str
    about: str
    back: str
    done: str
    danger: bool = False


def run_act(request: ActingRequest, act: Act, form: ActForm, do: Callable[[dict[str, Any]], object]) -> HttpResponse:
    """Show the form, or do it and go back. 200 also when it was refused: the uploads stay with the transaction."""
    if form.is_bound and form.run(do) is not None:
        if act.done:
            messages.success(request, act.done)
        return go(request, act.back)
    template = "register/_act_panel.html" if is_htmx(request) else "register/act.html"
    return render(request, template, {"form": form, "act": act, "action": request.path})


def go(request: ActingRequest, url: str) -> HttpResponse:
    """Leave the panel for the page."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    response = redirect(url)
    response.status_code = 303
    return response


def posted(request: ActingRequest) -> tuple[Any, ...]:
    """What a form takes: data and files, or nothing."""
    return (request.POST, request.FILES) if request.method == "POST" else ()
