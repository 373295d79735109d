"""The engine's client: what can be asked, how it is answered, and the two ways of asking."""

import sys
import warnings

if not {"requests", "charset_normalizer"} & sys.modules.keys():
    # requests would load charset_normalizer (3 MiB) to guess at texts; nobody here asks it to, and it goes without.
    sys.modules["charset_normalizer"] = None  # type: ignore[assignment]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Unable to find acceptable character detection")
        import requests  # noqa: F401
    del sys.modules["charset_normalizer"]
