"""Names ($0) of commands that the program runs in containers to look at them: by these their events are known."""

LISTING = "dockerweb-processes"
"""Reads the container's own /proc."""
