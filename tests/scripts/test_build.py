"""The front end's build: one sprite with every icon that is used, and a loud end for a name that is none."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_sprite_holds_every_icon_that_a_template_names() -> None:
    sprite = ET.parse(ROOT / "static/dist/icons.svg").getroot()
    drawn = {symbol.get("id") for symbol in sprite}
    named: set[str] = set()
    for template in (ROOT / "templates").rglob("*.html"):
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', template.read_text()))
    assert named
    assert named <= drawn


def test_icons_are_found_in_scripts_and_tables_and_an_unknown_one_ends_the_build(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/build.mjs", tmp_path / "scripts")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for folder in ("static/js/pages", "static/css", "templates", "apps/containers"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "static/js/app.js").write_text(
        'import { icon } from "./icon.js"; icon(document.title.at(0) === "a" ? "sun" : "moon");'
    )
    (tmp_path / "static/js/icon.js").write_text("export const icon = (name) => console.log(name);")
    (tmp_path / "static/js/pages/early.js").write_text("console.log(1);")
    (tmp_path / "static/css/app.css").write_text("p { color: red }")
    (tmp_path / "templates/page.html").write_text('{% icon "box" %}{% include "x" with icon="key" %}')
    table = tmp_path / "apps/containers/rows.py"
    table.write_text('VERB_ICONS: dict[str, str] = {\n    "start": "player-play",\n    "stop": "player-stop",\n}\n')

    def build() -> subprocess.CompletedProcess[str]:
        command = ["node", "scripts/build.mjs"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    first = build()
    assert first.returncode == 0, first.stderr
    drawn = {symbol.get("id") for symbol in ET.parse(tmp_path / "static/dist/icons.svg").getroot()}
    assert drawn == {"sun", "moon", "box", "key", "player-play", "player-stop"}
    assert build().stdout == ""
    table.write_text('VERB_ICONS = {"start": "no-such-drawing"}\n')
    failed = build()
    assert failed.returncode == 1
    assert "no-such-drawing (apps/containers/rows.py)" in failed.stderr
