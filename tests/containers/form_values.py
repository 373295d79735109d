"""Texts of the create form for tests: everything that can be set, and values that are easily lost on the way."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from apps.containers.creation.reading import written_argv, written_pair
from apps.containers.creation.texts import written_entry

PLAIN = "dockerweb/base:1"
PEER = "lossless-peer"

EVERYTHING = {
    "image": PLAIN,
    "command": written_argv(["sh", "-c", 'echo "a  b"; sleep 1000', "", "two\nlines", "it's\ttabbed"]),
    "entrypoint": "/bin/busybox env",
    "ports": "127.0.0.1:18080:80\n18081:80\n[::1]::80\n53/udp\n18100-18101:8100-8101\n8000-8009:90/sctp\n0:91",
    "expose": "9000\n9001/udp",
    "env": '# a comment\nA=1\nB=two words \nEMPTY=\nALONE\n"LINES=first\\nsecond"\nQUOTED="as is"\n"#C=1"\nPATH=/bin',
    "binds": "lossless-kept:/data:ro,nocopy\n/tmp:/host-tmp:rslave,z\n/anonymous",
    "restart": "on-failure",
    "restart_tries": "3",
    "workdir": "/tmp/a b",
    "user": "0:0",
    "groups": "10\naudio",
    "tty": "on",
    "stdin": "on",
    "stdin_once": "on",
    "init": "false",
    "stop_signal": "SIGRTMIN+3",
    "stop_timeout": "0",
    "runtime": "runc",
    "network": "lossless-one",
    "net_aliases": "db\ndatabase",
    "ipv4": "10.98.1.77",
    "ipv6": "fd00:98:1::77",
    "link_local": "169.254.10.1",
    "net_options": "a=b\nc=",
    "further_networks": "lossless three,driver-opt=x=y=z\nlossless-two,alias=back,ip=10.98.2.9,link=lossless-peer:mate",
    "mac": "02:42:ac:11:00:99",
    "hostname": "box",
    "domainname": "example.org",
    "dns": "1.1.1.1\n2001:4860:4860::8888",
    "dns_search": "example.org",
    "dns_options": "ndots:2",
    "extra_hosts": "db:10.0.0.5\nsix:fd00::1",
    "links": "lossless-peer:friend",
    "publish_all": "on",
    "mounts": "type=tmpfs,target=/scratch,tmpfs-size=1m,tmpfs-mode=1770\n"
    'type=volume,source=lossless-cache,target=/cache,volume-nocopy,volume-driver=local,"volume-label=a=b,c"\n'
    "type=volume,target=/nameless\n"
    "type=bind,source=/usr,target=/bound,readonly,bind-propagation=rprivate,bind-nonrecursive,consistency=cached",
    "tmpfs": "/run:size=64k,mode=755\n/run2",
    "volumes_from": "lossless-peer:ro",
    "volume_driver": "local",
    "shm_size": "32m",
    "read_only": "on",
    "memory": "64m",
    "memory_reservation": "32m",
    "memory_swap": "-1",
    "swappiness": "0",
    "kernel_memory": "16m",
    "kernel_memory_tcp": "16m",
    "cpu_shares": "512",
    "cpu_period": "100000",
    "cpu_quota": "50000",
    "cpuset": "0",
    "cpuset_mems": "0",
    "pids": "100",
    "ulimits": "nofile=100:200\ncore=-1",
    "blkio_weight": "500",
    "read_bps": "/dev/null:10m",
    "write_bps": "/dev/null:10",
    "read_iops": "/dev/null:1000",
    "write_iops": "/dev/null:1000",
    "blkio_weights": "/dev/null:200",
    "oom_off": "on",
    "oom_score": "-100",
    "cgroup_parent": "/lossless",
    "privileged": "",
    "cap_add": "NET_ADMIN\nCAP_SYS_TIME",
    "cap_drop": "MKNOD",
    "security_opt": "no-new-privileges\nseccomp=unconfined",
    "unmask": "on",
    "devices": "/dev/null:/dev/nothing:rw",
    "device_rules": "c 13:* rwm",
    "gpus": '"device=0,1",driver=none,"capabilities=gpu,utility",option=x',
    "sysctls": "net.core.somaxconn=512",
    "userns": "host",
    "ipc": "shareable",
    "pid": "host",
    "cgroupns": "private",
    "labels": 'team=shop\nempty=\nspaced= a b \n"a=b"="c=d"\n"lines=one\\ntwo"\n""="nameless"\nquoted="x"',
    "health_cmd": '"[ -f /tmp ] || exit 1\\n"',
    "health_interval": "1m30s",
    "health_timeout": "500ms",
    "health_retries": "4",
    "health_start": "2s",
    "annotations": 'a=b\n"c=d"="e\\nf"',
    "health_start_interval": "5s",
    "gw_priority": "-7",
    "log_driver": "json-file",
    "log_opts": "max-size=10m\nlabels=a b",
}


def lines(item: st.SearchStrategy[str], write_line: Callable[[str], str] = written_entry) -> st.SearchStrategy[str]:
    return st.lists(item, min_size=1, max_size=3, unique=True).map(lambda items: "\n".join(map(write_line, items)))


ODD = st.sampled_from(
    [
        "",
        " ",
        "a=b",
        "line 1\nline 2",
        '"quoted"',
        "# none",
        "\ttabs\t",
        "$HOME",
        "it's",
        "back\\slash",
        "ü\u00a0",
        "\r\n",
    ]
) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
ENTRIES = st.tuples(NAMES, ODD).map("=".join) | NAMES
PAIRS = st.dictionaries(NAMES | ODD, ODD, min_size=1, max_size=3).map(
    lambda pairs: "\n".join(written_pair(*pair) for pair in pairs.items())
)
WORDS = st.lists(ODD, min_size=1, max_size=3).map(written_argv)
