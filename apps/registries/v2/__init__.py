"""The registry HTTP API, version 2, as far as looking into a registry and deleting from it needs it.

transport    bytes to and from one origin: bounded, in time, never to the local link
challenges   who a registry wants to hear from, and from whom it takes tokens (no I/O)
manifests    what a manifest says about sizes and platforms (no I/O)
client       repositories, tags, manifests, deletion
"""
