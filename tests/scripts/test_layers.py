"""What import rules cannot say about who opens an engine."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINES = {"Engine", "AsyncEngine", "GuardedEngine", "GuardedAsyncEngine"}


def modules_outside(*allowed: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the program below none of the allowed paths, parsed."""
    for folder in ("apps", "dockerweb"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not name.startswith(allowed):
                yield name, ast.parse(path.read_text())


def test_only_the_hosts_connections_make_engines() -> None:
    makers = [
        f"{name}:{node.lineno}"
        for name, module in modules_outside("apps/engine/", "apps/hosts/connections.py")
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in ENGINES
    ]
    assert makers == []


def test_only_rooms_of_the_hosts_take_an_engine_from_a_connection() -> None:
    takers = [
        f"{name}:{node.lineno}"
        for name, module in modules_outside("apps/hosts/")
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr in ("engine", "async_engine")
        and "connection" in ast.unparse(node.value)
    ]
    assert takers == []
