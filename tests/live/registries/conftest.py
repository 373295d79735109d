"""The same clients as the containers' live tests have."""

from tests.live.containers.conftest import ada, as_actor, joan

__all__ = ["ada", "as_actor", "joan"]
