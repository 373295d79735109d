"""Addresses below /hosts/<host>/images/. `ref` is an id or a reference, slashes and colons and all.

Pages of the list come first, then an image's verbs, its own page last: an image that is called like one of them is
reached by its id or with its tag (`prune:latest`).
"""

from django.urls import path

from apps.images import urls_work
from apps.images.views import details, listing, naming, pruning, removing, searching, updates

app_name = "images"
urlpatterns = [
    *urls_work.urlpatterns,
    path("", listing.image_list_page, name="list"),
    path("sizes/", listing.image_sizes, name="sizes"),
    path("bulk/", removing.image_bulk, name="bulk"),
    path("prune/", pruning.image_prune, name="prune"),
    path("search/", searching.image_search, name="search"),
    path("<path:ref>/tag/", naming.image_tag, name="tag"),
    path("<path:ref>/untag/", naming.image_untag, name="untag"),
    path("<path:ref>/remove/", removing.image_remove, name="remove"),
    path("<path:ref>/updates/", updates.image_updates, name="updates"),
    path("<path:ref>/history/", details.image_history, name="history"),
    path("<path:ref>/inspect/", details.image_inspect, name="inspect"),
    path("<path:ref>/env/", details.image_env, name="env"),
    path("<path:ref>/", details.image_summary, name="detail"),
]
