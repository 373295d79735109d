"""/registries/…"""

from django.urls import path

from apps.registries import views

app_name = "registries"
urlpatterns = [
    path("", views.registry_list, name="list"),
    path("add/", views.registry_add, name="add"),
    path("<int:registry_id>/", views.registry_detail, name="detail"),
    path("<int:registry_id>/edit/", views.registry_edit, name="edit"),
    path("<int:registry_id>/check/", views.registry_check, name="check"),
    path("<int:registry_id>/remove/", views.registry_remove, name="remove"),
    path("<int:registry_id>/repositories/", views.repositories, name="repositories"),
    path("<int:registry_id>/tags/", views.tags, name="tags"),
    path("<int:registry_id>/delete-tag/", views.tag_delete, name="tag_delete"),
]
