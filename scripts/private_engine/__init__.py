"""A Docker engine that belongs to nobody else: for the tests and for the demonstration. Standard library only."""

from scripts.private_engine import demo
from scripts.private_engine.engine import EngineDidNotStart, PrivateEngine
from scripts.private_engine.image import BASE_IMAGE, make_base_image
from scripts.private_engine.podman import PodmanEngine
from scripts.private_engine.raw import RawEngine

__all__ = ["BASE_IMAGE", "EngineDidNotStart", "PodmanEngine", "PrivateEngine", "RawEngine", "demo", "make_base_image"]
