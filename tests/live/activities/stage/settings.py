"""The program's own settings, with the stage in it."""

from dockerweb.settings import *  # noqa: F403
from dockerweb.settings import INSTALLED_APPS as PROGRAM

INSTALLED_APPS = [*PROGRAM, "tests.live.activities.stage.apps.StageConfig"]
ROOT_URLCONF = "tests.live.activities.stage.urls"
