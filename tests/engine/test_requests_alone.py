"""What the engine's client brings along."""

import subprocess
import sys


def test_no_guesser_of_character_sets_comes_along_with_the_client() -> None:
    program = "import sys, apps.engine.sync; print('charset_normalizer' in sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")
