"""What a clean clone installs is said exactly, and nowhere says from where."""

import json
import re
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)")


def pins(name: str) -> dict[str, str]:
    """Package → version of a requirements file, names in the form the index compares them."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.startswith(("#", "-r ")):
            pin = PIN.match(line)
            assert pin, f"{name} holds a line without an exact version: {line}"
            found[re.sub(r"[-_.]+", "-", pin[1]).lower()] = pin[2]
    return found


def test_every_direct_requirement_is_in_the_constraints_at_the_same_version_and_says_what_it_is_for() -> None:
    constraints = pins("constraints.txt")
    for name in ("requirements.txt", "requirements-dev.txt"):
        for package, version in pins(name).items():
            assert constraints.get(package) == version, package
        for line in (ROOT / name).read_text().splitlines():
            assert line.startswith(("#", "-r ")) or "  # " in line, line


def test_every_installed_package_is_pinned_at_its_version() -> None:
    constraints = pins("constraints.txt")
    installed = {re.sub(r"[-_.]+", "-", found.name).lower(): found.version for found in distributions()}
    for own in ("pip", "setuptools", "wheel"):
        installed.pop(own, None)
    assert {name: version for name, version in installed.items() if constraints.get(name) != version} == {}


def test_npm_packages_are_exact_and_the_lock_file_holds_no_download_address() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned exactly"
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert all("integrity" in entry for path, entry in json.loads(lock)["packages"].items() if path)
