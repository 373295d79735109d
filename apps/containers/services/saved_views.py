"""Views of the list that a person keeps for herself."""

from django.utils.translation import gettext as _

from apps.access import roles
from apps.access.actions import Action
from apps.accounts.actor import Actor
from apps.containers.models import SavedView
from apps.containers.selectors import saved_views_of
from apps.core.errors import InvalidInput, NotFoundHere

MOST_VIEWS = 50


def saved_view_save(actor: Actor, *, name: str, query: str) -> SavedView:
    """Keep a view; one of the same name is replaced. Raises InvalidInput when there are too many."""
    roles.require(actor, Action.CONTAINER_LIST)
    assert actor.user_id is not None
    mine = saved_views_of(actor)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_VIEWS:
        raise InvalidInput(
            _("There are too many views"), _("Delete one of your %d views first.") % MOST_VIEWS, field="name"
        )
    view, _is_new = SavedView.objects.update_or_create(user_id=actor.user_id, name=name, defaults={"query": query})
    return view


def saved_view_delete(actor: Actor, *, view_id: int) -> str:
    """Forget a view of her own; its name. Raises NotFoundHere for anybody else's."""
    roles.require(actor, Action.CONTAINER_LIST)
    view = saved_views_of(actor).filter(pk=view_id).first()
    if view is None:
        raise NotFoundHere(_("There is no such view"), _("It may have been deleted."))
    view.delete()
    return view.name
