"""The lists of a host's things: filtered, counted, sorted, cut into pages, and told as a page, a fragment or JSON.

An app says what its list is (a `ListKind`), fetches its rows, and dresses one row. The rest is here and in core's
templates list.html, _list.html and _list_menus.html, whose blocks it fills. Its `_row.html` and `_list_dialogs.html`
are its own; so is its script, `static/js/pages/<name>.js`, which calls `startList`.
"""
