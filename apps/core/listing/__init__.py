"""The lists of a host's things: filtered, counted, sorted, cut into pages, and told as a page, a fragment or JSON.

An app says what its list is (a `ListKind`), fetches its rows, and dresses one row; the rest is here and in the
templates core/list.html, core/_list.html and core/_list_menus.html, whose blocks it fills.
"""
