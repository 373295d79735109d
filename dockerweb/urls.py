"""Every address, by app."""

from __future__ import annotations

from django.urls import include, path

from apps.accounts.views.setup import first_admin
from apps.core.views import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("setup/", first_admin, name="setup"),
    path("accounts/", include("apps.accounts.urls")),
    path("hosts/<slug:host_slug>/containers/", include("apps.containers.urls")),
    path("hosts/<slug:host_slug>/containers/", include("apps.terminals.urls")),
    path("hosts/<slug:host_slug>/images/", include("apps.images.urls")),
    path("activities/", include("apps.activities.urls")),
    path("registries/", include("apps.registries.urls")),
    path("", include("apps.hosts.urls")),
]

handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.permission_denied"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.server_error"
