"""The registry of the tests is real: it takes what an engine pushes, gives it back, and wants the password."""

from __future__ import annotations

from scripts.private_engine import RawEngine
from tests.engines.registry import Registry, registry_auth


def test_engine_and_program_meet_one_registry_that_wants_a_password(registry: Registry, raw: RawEngine) -> None:
    reference = registry.push(raw, "dockerweb/base:1", name="fixture/base", tag="1")
    assert registry.tags("fixture/base") == ["1"]
    assert registry.digest("fixture/base", "1").startswith("sha256:")
    assert raw.delete(f"/images/{reference}")[0] == 200

    def pull(auth: str) -> tuple[int, object]:
        query = f"fromImage={registry.address}/fixture/base&tag=1"
        return raw.request("POST", f"/images/create?{query}", headers={"X-Registry-Auth": auth})

    assert pull(registry_auth("ada", "wrong"))[0] != 200
    assert raw.get(f"/images/{reference}/json")[0] == 404
    assert pull(registry.auth_header)[0] == 200
    assert raw.get(f"/images/{reference}/json")[0] == 200
    raw.delete(f"/images/{reference}")
    assert registry.delete("fixture/base", "1").status == 202
    assert registry.tags("fixture/base") == []
