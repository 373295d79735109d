"""ContainerUpdate. What engines take and do not apply was found out by trying: live/containers/test_left_out.py."""

from __future__ import annotations

from tests.coverage.row import Place, Row

_AT = "containers:update"
_IN_PLACE = ("tests/live/containers/test_every_operation.py::test_container_update_in_place",)
_WINDOWS = "only for containers of Windows"
_IGNORED = "the engine answers 200 and changes nothing; the form of a new container has it"
_DEVICES = ("PathOnHost", "PathInContainer", "CgroupPermissions")
_REQUESTS = ("Driver", "Count", "DeviceIDs", "Capabilities", "Options")

_FIELDS = {
    "Memory": "“Memory”",
    "MemorySwap": "“Memory and swap together”",
    "MemoryReservation": "“Memory reserved”",
    "NanoCpus": "“CPUs”",
    "CpuShares": "“CPU shares”",
    "CpuPeriod": "“CPU period”",
    "CpuQuota": "“CPU quota”",
    "CpusetCpus": "“Only on CPUs”",
    "CpusetMems": "“Only on memory nodes”",
    "PidsLimit": "“Processes at most”",
    "BlkioWeight": "“Block I/O weight”; the engine's warning is shown where the kernel lacks it",
    "RestartPolicy": "“Restart”",
    "RestartPolicy.Name": "“Restart”",
    "RestartPolicy.MaximumRetryCount": "“Attempts at most”",
}


def update_rows() -> list[Row]:
    """All of them."""
    place = Place("ContainerUpdate", _AT, _IN_PLACE)
    return [
        *place.itself("“Limits and restart policy…”"),
        *(place.has(name, words) for name, words in _FIELDS.items()),
        *place.lacks(
            _IGNORED,
            "BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps", "BlkioDeviceReadIOps",
            "BlkioDeviceWriteIOps", "MemorySwappiness", "OomKillDisable", "CgroupParent", "KernelMemoryTCP",
            "DeviceCgroupRules", "Init",
            "Devices", *(f"Devices[].{name}" for name in _DEVICES),
            "DeviceRequests", *(f"DeviceRequests[].{name}" for name in _REQUESTS),
            "Ulimits", *(f"Ulimits[].{name}" for name in ("Name", "Soft", "Hard")),
        ),
        *place.lacks(
            "the engine only writes it down: a running container keeps its limit, nothing takes the new one back in "
            "place, and where the engine has no real-time time of its own the container does not start any more; the "
            "form of a new container has it",
            "CpuRealtimePeriod", "CpuRealtimeRuntime",
        ),
        *place.lacks(
            "the engine writes it down and warns that it is going away; the kernel's limit stays as it was",
            "KernelMemory",
        ),
        *place.lacks(_WINDOWS, "DiskQuota", "CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"),
    ]  # fmt: skip
