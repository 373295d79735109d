"""Where each parameter of the Engine API stands on screen, and which test shows it: a file of rows for each group.

A further group (image, network …): write its rows in a module of its own beside `containers`, and name it in GROUPS.
`python -m scripts.coverage > docs/coverage.md` writes the document; test_coverage.py compares all with the reference.
"""
