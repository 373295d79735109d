"""The fields of the create form: one row each. Form, run line, compose file and duplicate are all made from this.

A field's text is written as the `docker run` option of the same meaning takes it; options that may be repeated have a
line each. `path` is where the value stands in the JSON of ContainerCreate; a path that begins with "@" stands in the
settings of the network that was chosen. `version` says from which API version on the engine has it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.containers.creation.field import Field, Group, Kind
from apps.containers.creation.fields_limits import HEALTH, LABELS, LIMITS, LOGGING, SECURITY

BASIC = Group(
    "basic",
    _("Container"),
    (
        Field(name="image", kind=Kind.TEXT, path="Image", label=_("Image"), compose="image", example="nginx:1.27",
              help=_("A name with tag, or an id. One that is not here can be pulled.")),
        Field(name="name", kind=Kind.TEXT, path="?name", label=_("Name"), flag="--name", compose="container_name",
              example="web", help=_("Empty: the engine makes one up.")),
        Field(name="command", kind=Kind.ARGV, path="Cmd", label=_("Command"), compose="command",
              example="nginx -g 'daemon off;'",
              help=_("Empty: what the image says. Quotes group words, as in a shell; [] is no word at all.")),
        Field(name="ports", kind=Kind.PORTS, path="HostConfig.PortBindings", label=_("Ports"), flag="--publish",
              aliases=("-p",), compose="ports", example="8080:80",
              help=_("One a line: host:container, 127.0.0.1:8080:80, 53:53/udp, 8000-8009:8000-8009, or 80 for "
                     "any free port.")),
        Field(name="env", kind=Kind.ENV, path="Env", label=_("Environment"), flag="--env", aliases=("-e",),
              compose="environment", example="TZ=Europe/Berlin",
              help=_("NAME=value, one a line; an env file can be pasted. A name alone takes away what the image "
                     'sets. Several lines in one value: "NAME=first\\nsecond", in double quotes.')),
        Field(name="binds", kind=Kind.BINDS, path="HostConfig.Binds", label=_("Volumes and folders"), flag="--volume",
              aliases=("-v",), compose="volumes", example="site:/usr/share/nginx/html:ro",
              help=_("One a line: volume:/path, /folder/of/the/host:/path, with :ro read-only; /path alone for "
                     "an anonymous volume. A folder that is missing is made.")),
        Field(name="restart", kind=Kind.CHOICE, path="HostConfig.RestartPolicy.Name", label=_("Restart"),
              flag="--restart",
              compose="restart", choices=("no", "always", "unless-stopped", "on-failure"), default="no",
              help=_("When the engine starts it again by itself.")),
        Field(name="restart_tries", kind=Kind.INTEGER, path="HostConfig.RestartPolicy.MaximumRetryCount",
              label=_("Attempts"), least=0, most=2**31 - 1, help=_("For on-failure; empty: without end.")),
    ),
)  # fmt: skip

PROCESS = Group(
    "process",
    _("Process"),
    (
        Field(name="entrypoint", kind=Kind.ARGV, path="Entrypoint", label=_("Entrypoint"), flag="--entrypoint",
              compose="entrypoint", example="/bin/sh -c",
              help=_("Empty: what the image says. '' takes the image's away.")),
        Field(name="workdir", kind=Kind.TEXT, path="WorkingDir", label=_("Working directory"), flag="--workdir",
              aliases=("-w",), compose="working_dir", example="/srv"),
        Field(name="user", kind=Kind.TEXT, path="User", label=_("User"), flag="--user", aliases=("-u",), compose="user",
              example="1000:1000"),
        Field(name="groups", kind=Kind.LINES, path="HostConfig.GroupAdd", label=_("Further groups"), flag="--group-add",
              compose="group_add", example="audio"),
        Field(name="tty", kind=Kind.TICK, path="Tty", label=_("Terminal"), flag="--tty", aliases=("-t",), compose="tty",
              help=_("For shells and full-screen programs.")),
        Field(name="stdin", kind=Kind.TICK, path="OpenStdin", label=_("Keep standard input open"), flag="--interactive",
              aliases=("-i",), compose="stdin_open"),
        Field(name="stdin_once", kind=Kind.TICK, path="StdinOnce",
              label=_("Close standard input after the first client")),
        Field(name="init", kind=Kind.TRISTATE, path="HostConfig.Init", label=_("Init process"), flag="--init",
              compose="init", help=_("A small init reaps zombies and passes signals on.")),
        Field(name="stop_signal", kind=Kind.TEXT, path="StopSignal", label=_("Stop signal"), flag="--stop-signal",
              compose="stop_signal", example="SIGTERM"),
        Field(name="stop_timeout", kind=Kind.INTEGER, path="StopTimeout", label=_("Seconds to stop"),
              flag="--stop-timeout", compose="stop_grace_period", example="10", least=-1, most=2**31 - 1),
        Field(name="auto_remove", kind=Kind.TICK, path="HostConfig.AutoRemove", label=_("Remove it when it ends"),
              flag="--rm", help=_("Not together with a restart policy.")),
        Field(name="platform", kind=Kind.TEXT, path="?platform", label=_("Platform"), flag="--platform",
              compose="platform", example="linux/amd64"),
        Field(name="runtime", kind=Kind.TEXT, path="HostConfig.Runtime", label=_("Runtime"), flag="--runtime",
              compose="runtime", example="runc", default="runc"),
    ),
)  # fmt: skip

NETWORK = Group(
    "network",
    _("Network"),
    (
        Field(name="network", kind=Kind.TEXT, path="HostConfig.NetworkMode", label=_("Network"), flag="--network",
              aliases=("--net",), compose="network_mode", example="bridge", default="default",
              help=_("A network, bridge, host, none, or container:<name>.")),
        Field(name="net_aliases", kind=Kind.LINES, path="@Aliases", label=_("Aliases"), flag="--network-alias",
              aliases=("--net-alias",), example="db"),
        Field(name="ipv4", kind=Kind.TEXT, path="@IPAMConfig.IPv4Address", label=_("IPv4 address"), flag="--ip",
              example="172.20.0.10"),
        Field(name="ipv6", kind=Kind.TEXT, path="@IPAMConfig.IPv6Address", label=_("IPv6 address"), flag="--ip6",
              example="2001:db8::10"),
        Field(name="link_local", kind=Kind.LINES, path="@IPAMConfig.LinkLocalIPs", label=_("Link-local addresses"),
              flag="--link-local-ip", example="169.254.10.1"),
        Field(name="net_options", kind=Kind.PAIRS, path="@DriverOpts", label=_("Driver options of the network"),
              example="key=value"),
        Field(name="further_networks", kind=Kind.NETWORKS, path="?networks", label=_("Further networks"),
              example="backend,alias=db,ip=172.21.0.10",
              help=_("One a line: a name; after commas alias=, ip=, ip6=, link-local-ip=, link=, gw-priority=, "
                     "driver-opt=key=value. Connected before it starts.")),
        Field(name="gw_priority", kind=Kind.INTEGER, path="@GwPriority", label=_("Priority as the gateway"),
              example="10", least=-(2**31), most=2**31 - 1,
              help=_("Among several networks the highest one has the way out.")),
        Field(name="mac", kind=Kind.TEXT, path="MacAddress", label=_("MAC address"), flag="--mac-address",
              compose="mac_address", example="02:42:ac:11:00:02"),
        Field(name="hostname", kind=Kind.TEXT, path="Hostname", label=_("Host name"),
              flag="--hostname", aliases=("-h",),
              compose="hostname"),
        Field(name="domainname", kind=Kind.TEXT, path="Domainname", label=_("Domain name"), flag="--domainname",
              compose="domainname"),
        Field(name="dns", kind=Kind.LINES, path="HostConfig.Dns", label=_("DNS servers"), flag="--dns", compose="dns",
              example="1.1.1.1"),
        Field(name="dns_search", kind=Kind.LINES, path="HostConfig.DnsSearch", label=_("DNS search domains"),
              flag="--dns-search", compose="dns_search"),
        Field(name="dns_options", kind=Kind.LINES, path="HostConfig.DnsOptions", label=_("DNS options"),
              flag="--dns-option", aliases=("--dns-opt",), compose="dns_opt", example="ndots:2"),
        Field(name="extra_hosts", kind=Kind.LINES, path="HostConfig.ExtraHosts", label=_("Further hosts"),
              flag="--add-host", compose="extra_hosts", example="db:10.0.0.5"),
        Field(name="links", kind=Kind.LINES, path="HostConfig.Links", label=_("Links"), flag="--link", compose="links",
              example="db:database",
              help=_("The old way; on a network of your own containers know each other by name.")),
        Field(name="expose", kind=Kind.EXPOSE, path="ExposedPorts", label=_("Exposed ports"), flag="--expose",
              compose="expose", example="8080/tcp"),
        Field(name="publish_all", kind=Kind.TICK, path="HostConfig.PublishAllPorts",
              label=_("Publish all exposed ports"),
              flag="--publish-all", aliases=("-P",), help=_("Each on a free port of the host.")),
        Field(name="network_off", kind=Kind.TICK, path="NetworkDisabled", label=_("Without any network")),
    ),
)  # fmt: skip

STORAGE = Group(
    "storage",
    _("Storage"),
    (
        Field(name="mounts", kind=Kind.MOUNTS, path="HostConfig.Mounts", label=_("Mounts"), flag="--mount",
              example="type=volume,source=cache,target=/cache,volume-nocopy",
              help=_("type=bind, volume or tmpfs, as docker run --mount takes them. A folder of the host must exist.")),
        Field(name="tmpfs", kind=Kind.TMPFS, path="HostConfig.Tmpfs", label=_("Temporary file systems"), flag="--tmpfs",
              compose="tmpfs", example="/run:size=64m,mode=1777"),
        Field(name="volumes_from", kind=Kind.LINES, path="HostConfig.VolumesFrom",
              label=_("Volumes of other containers"),
              flag="--volumes-from", compose="volumes_from", example="other:ro"),
        Field(name="volume_driver", kind=Kind.TEXT, path="HostConfig.VolumeDriver", label=_("Volume driver"),
              flag="--volume-driver", example="local"),
        Field(name="storage_opt", kind=Kind.PAIRS, path="HostConfig.StorageOpt", label=_("Storage options"),
              flag="--storage-opt", compose="storage_opt", example="size=10G"),
        Field(name="shm_size", kind=Kind.SIZE, path="HostConfig.ShmSize", label=_("Size of /dev/shm"),
              flag="--shm-size",
              compose="shm_size", example="64m", least=0, default="64m"),
        Field(name="read_only", kind=Kind.TICK, path="HostConfig.ReadonlyRootfs", label=_("Root file system read-only"),
              flag="--read-only", compose="read_only"),
    ),
)  # fmt: skip

EXPERT = (PROCESS, NETWORK, STORAGE, LIMITS, SECURITY, LABELS, HEALTH, LOGGING)
GROUPS = (BASIC, *EXPERT)
FIELDS: dict[str, Field] = {field.name: field for group in GROUPS for field in group.fields}
