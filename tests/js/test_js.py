"""The front end's modules without a browser: node's own test runner, one Python test that carries its words."""

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def test_the_front_end_modules_keep_their_promises() -> None:
    node = shutil.which("node")
    assert node, "node is not installed"
    files = sorted(str(path.relative_to(ROOT)) for path in HERE.glob("*.test.js"))
    assert files
    done = subprocess.run([node, "--test", *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
