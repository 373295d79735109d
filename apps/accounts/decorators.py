"""Decorators for views, by their usual place."""

from apps.accounts.http import signed_in
from apps.core.access import public

__all__ = ["public", "signed_in"]
