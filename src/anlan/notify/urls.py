from django.urls import path

from anlan.notify import views

app_name = "notify"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read-all/", views.read_all, name="read_all"),
    path("<uuid:message_id>/read/", views.read, name="read"),
]
