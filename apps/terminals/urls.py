"""What a terminal's page asks beside its sockets, below /hosts/<host>/containers/."""

from django.urls import path

from apps.terminals import views

app_name = "terminals"
urlpatterns = [path("<str:ref>/terminal/shells/", views.shell_list, name="shells")]
