"""Parameters of ContainerCreate that no field of the form stands for, and why. A test compares with the reference."""

from __future__ import annotations

_CLIENT = "tells which streams the creating client attaches to; it changes nothing for the container"
_WINDOWS = "only for containers of Windows"
_ANSWER = "filled in by the engine; it is an answer, not a wish"

LEFT_OUT: dict[str, str] = {
    "AttachStdin": _CLIENT,
    "AttachStdout": _CLIENT,
    "AttachStderr": _CLIENT,
    "OnBuild": "triggers for images built on this one; a container does nothing with them",
    "Shell": "the shell of Dockerfile instructions; a container does nothing with it",
    "ArgsEscaped": _WINDOWS,
    "HostConfig.LxcConf": "options of the LXC driver, which is gone since API 1.22",
    "HostConfig.ContainerIDFile": "a file on the client's side; no engine reads it",
    "HostConfig.Isolation": _WINDOWS,
    "HostConfig.ConsoleSize": _WINDOWS + " up to API 1.41; terminals here set their size when they open",
    "HostConfig.Capabilities": "existed in API 1.40 only; capabilities added and dropped say the same",
    "HostConfig.DiskQuota": _WINDOWS,
    "HostConfig.CpuCount": _WINDOWS,
    "HostConfig.CpuPercent": _WINDOWS,
    "HostConfig.IOMaximumIOps": _WINDOWS,
    "HostConfig.IOMaximumBandwidth": _WINDOWS,
    "NetworkingConfig.EndpointsConfig.*.Links": "the field “Links” holds them for the chosen network",
    "NetworkingConfig.EndpointsConfig.*.NetworkID": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.EndpointID": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.Gateway": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.IPAddress": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.IPPrefixLen": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.IPv6Gateway": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.GlobalIPv6Address": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.GlobalIPv6PrefixLen": _ANSWER,
    "NetworkingConfig.EndpointsConfig.*.MacAddress": "taken from API 1.44 on; “MAC address” is the container's",
}

FIELD_OF: dict[str, str] = {
    "name": "name",
    "platform": "platform",
    "Volumes": "binds",
    "HostConfig.ReadonlyPaths": "unmask",
    "NetworkingConfig.EndpointsConfig": "network",
    "NetworkingConfig.EndpointsConfig.*.IPAMConfig": "ipv4",
}
"""Parameters that a field holds although its path does not say so."""
