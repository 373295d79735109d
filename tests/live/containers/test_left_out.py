"""What no screen offers, and that the engine bears the reason out that the table of coverage gives."""

from __future__ import annotations

from scripts.private_engine import RawEngine
from tests.engines.private import MakeContainer


def test_what_no_page_offers_the_engine_does_not_do_either(raw: RawEngine, make_container: MakeContainer) -> None:
    """Checkpoints need an experimental engine; the old copy is gone, and archives do what it did."""
    container_id = make_container(["sleep", "600"])
    at = f"/v1.41/containers/{container_id}"
    asked = [
        raw.get(f"{at}/checkpoints"),
        raw.post(f"{at}/checkpoints", {"CheckpointID": "one"}),
        raw.delete(f"{at}/checkpoints/one"),
    ]
    assert [status for status, _words in asked] == [501, 501, 501], asked
    assert raw.post(f"{at}/copy", {"Resource": "/etc/passwd"})[0] == 404


def test_what_the_update_page_leaves_out_changes_nothing_on_the_engine(
    raw: RawEngine, make_container: MakeContainer
) -> None:
    """The reason in the table of coverage: these are taken with 200, and the container stays as it is."""
    container_id = make_container(["sleep", "600"])
    before = raw.inspect(container_id)["HostConfig"]
    rate = [{"Path": "/dev/null", "Rate": 1000}]
    ignored = {
        "BlkioDeviceReadBps": rate, "BlkioDeviceWriteBps": rate, "BlkioDeviceReadIOps": rate,
        "BlkioDeviceWriteIOps": rate, "MemorySwappiness": 10, "CgroupParent": "/elsewhere", "KernelMemoryTCP": 64 << 20,
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}], "DeviceCgroupRules": ["c 13:* rwm"], "Init": True,
        "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/nothing", "CgroupPermissions": "r"}],
        "DeviceRequests": [{"Driver": "", "Count": 1, "Capabilities": [["gpu"]]}],
    }  # fmt: skip
    for name, value in ignored.items():
        status, told = raw.post(f"/v1.41/containers/{container_id}/update", {name: value})
        assert status == 200, (name, told)
        assert raw.inspect(container_id)["HostConfig"] == before, name
