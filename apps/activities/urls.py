"""Below /activities/."""

from django.urls import path

from apps.activities import file_views, views

app_name = "activities"
urlpatterns = [
    path("", views.activity_list, name="list"),
    path("<uuid:activity_id>/", views.activity_detail, name="detail"),
    path("<uuid:activity_id>/output/", views.activity_output, name="output"),
    path("<uuid:activity_id>/file/", file_views.activity_file, name="file"),
    path("<uuid:activity_id>/file/remove/", file_views.activity_file_remove, name="file_remove"),
    path("<uuid:activity_id>/cancel/", views.activity_cancel, name="cancel"),
    path("<uuid:activity_id>/restart/", views.activity_restart, name="restart"),
]
