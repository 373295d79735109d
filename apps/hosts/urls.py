"""/ and /readyz."""

from django.urls import path

from apps.hosts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("readyz", views.readyz, name="readyz"),
]
