"""Mounted at ``jobs/``."""

from django.urls import path

from anlan.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="list"),
    path("<uuid:job_id>/", views.job_page, name="page"),
    path("<uuid:job_id>/progress/", views.progress, name="progress"),
    path("<uuid:job_id>/result/", views.result, name="result"),
    path("<uuid:job_id>/cancel/", views.cancel, name="cancel"),
]
