"""From texts to a container and back: pure, without an engine."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.containers.creation.building import build
from apps.containers.creation.fields import FIELDS
from apps.containers.creation.mounts import mount_line, read_mounts
from apps.containers.creation.places import read_binds, read_ports
from apps.containers.creation.reading import read_gpus, read_value
from apps.containers.creation.texts import Fault, read_duration, read_size
from apps.containers.creation.writing import write, write_duration, write_size
from apps.containers.forms.create import CreateForm
from apps.containers.presenters.creation import basic_rows
from apps.containers.services.compose import compose_service
from apps.containers.services.creation import image_and_tag
from apps.containers.services.field_words import field_of, field_of_start
from apps.containers.services.run_line import read_run_line, run_line
from apps.engine.types.container_create import create_body
from apps.engine.version import ApiVersion

NEWEST = ApiVersion(1, 51)
LAST = ApiVersion(1, 41)

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,10}", fullmatch=True)


def body_of(values: dict[str, str], version: ApiVersion = LAST) -> dict[str, Any]:
    built = build({"image": "a:1", **values}, version=version)
    assert built.faults == {}
    assert built.spec is not None
    return create_body(built.spec)


def faults_of(values: dict[str, str], version: ApiVersion = LAST) -> dict[str, str]:
    return build({"image": "a:1", **values}, version=version).faults


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("8080:80", {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}),
        ("127.0.0.1:8080:80/udp", {"80/udp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}),
        ("[::1]:8080:80", {"80/tcp": [{"HostIp": "::1", "HostPort": "8080"}]}),
        ("127.0.0.1::80", {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}),
        ("80", {"80/tcp": [{"HostIp": "", "HostPort": ""}]}),
        ("8000-8009:80", {"80/tcp": [{"HostIp": "", "HostPort": "8000-8009"}]}),
        (
            "1-2:3-4/sctp",
            {"3/sctp": [{"HostIp": "", "HostPort": "1"}], "4/sctp": [{"HostIp": "", "HostPort": "2"}]},
        ),
    ],
)
def test_ports_are_read_as_docker_run_reads_them(text: str, ports: dict[str, Any]) -> None:
    assert read_ports(text) == ports


@pytest.mark.parametrize(
    "text", ["x", "80:", ":", "80:0", "80:70000", "1-3:4-5", "80/icmp", "nowhere:80:80", "9-8:9-8"]
)
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        read_ports(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("512m", 512 << 20), ("1.5g", 3 << 29), ("100", 100), ("2GiB", 2 << 30), ("-1", -1), ("1 k", 1024)],
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@given(st.integers(min_value=0, max_value=2**62))
def test_sizes_and_times_come_back(number: int) -> None:
    assert read_size(write_size(number)) == number
    assert read_duration(write_duration(number)) == number


@pytest.mark.parametrize(
    "text", ["relative/path:/a", "a1:b", "/a:/b:sideways", "/a:/", "v1:/x\nv2:/x", "a1:/x:ro:rw", ":/x"]
)
def test_what_is_no_mount_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        read_binds(text)


def test_an_anonymous_volume_is_no_bind() -> None:
    body = body_of({"binds": "/cache\nnamed:/data:ro"})
    assert body["Volumes"] == {"/cache": {}}
    assert body["HostConfig"]["Binds"] == ["named:/data:ro"]


@st.composite
def mounts(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["volume", "bind", "tmpfs"]))
    mount: dict[str, Any] = {"Type": kind, "Target": f"/{draw(NAMES)}"}
    if draw(st.booleans()):
        mount["ReadOnly"] = True
    if kind == "bind":
        mount |= {"Source": f"/{draw(WORDS)}", "BindOptions": {"Propagation": "rslave"}}
    elif kind == "volume":
        labels = draw(st.dictionaries(NAMES, WORDS, min_size=1, max_size=2))
        mount |= {"Source": draw(NAMES), "VolumeOptions": {"NoCopy": True, "Labels": labels}}
    else:
        mount["TmpfsOptions"] = {"SizeBytes": draw(st.integers(1, 2**40)), "Mode": draw(st.integers(1, 0o1777))}
    return mount


@given(mounts())
def test_a_mount_written_as_a_line_is_read_back(mount: dict[str, Any]) -> None:
    assert read_mounts(mount_line(mount)) == [mount]


def test_gpus_are_read_as_docker_run_reads_them() -> None:
    assert read_gpus("all") == [{"Count": -1, "Capabilities": [["gpu"]]}]
    assert read_gpus("2") == [{"Count": 2, "Capabilities": [["gpu"]]}]
    assert read_gpus('"device=0,1",capabilities=utility') == [
        {"DeviceIDs": ["0", "1"], "Capabilities": [["gpu", "utility"]]}
    ]


def test_an_env_file_can_be_pasted() -> None:
    body = body_of({"env": "# comment\r\n\r\nA=1 \r\n  B=#2\r\nALONE"})
    assert body["Env"] == ["A=1 ", "B=#2", "ALONE"]
    assert "“TWO WORDS=1” is no variable" in faults_of({"env": "TWO WORDS=1"})["env"]


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        ("env", "A=1\n# note\nTWO WORDS=1\n\n=x\nB=2", {3: "“TWO WORDS=1” is no variable", 5: "“=x” is no variable"}),
        ("ports", "8080:80\nhttp:80\n99999:80", {2: "“http:80” is no port", 3: "from 1 to 65535"}),
        ("ports", "\n80/tpc\n1.2.3:80:80\n1-2:1-3", {2: "tcp, udp or sctp", 3: "no IP address", 4: "not equally long"}),
        ("expose", "80\nhttp\n90/x", {2: "“http” is no port", 3: "tcp, udp or sctp"}),
        ("binds", "a1:/x\nb1:y\nc1:/x\n/h:/z:no", {2: "begins with /", 3: "/x is mounted twice", 4: "no option “no”"}),
        ("mounts", "target=/a\ntype=x,target=/b\ntarget=c", {2: "the type is", 3: "is a path in the container"}),
        ("mounts", "target=/a,tmpfs-size=much\ntarget=/b,what=1", {1: "“much” is no size", 2: "no option “what”"}),
        ("tmpfs", "/a\nb\n/a", {2: "write a path", 3: "/a is mounted twice"}),
        ("labels", "a=1\n=2\n\n =3", {2: "“=2” has no name", 4: "“=3” has no name"}),
        ("sysctls", "=1\na=1\n=2", {1: "“=1” has no name", 3: "“=2” has no name"}),
        ("devices", "null\n/dev/null\n/dev/a:/dev/b:x", {1: "“null” is no device", 3: "is no device"}),
        ("ulimits", "nofile=5:4\nnproc=x\ncore=1", {1: "above the hard one", 2: "“x” is no whole number"}),
        ("read_bps", "sda:1m\n/dev/sda:1m\n/dev/sdb:x", {1: "write the device", 3: "“x” is no size"}),
        ("gpus", "count=x\nall\ncount=y", {1: "“x” is no whole number", 3: "“y” is no whole number"}),
        ("dns", "1.1.1.1\nnowhere\n8.8.8.8\nthere", {2: "“nowhere” is no IP address", 4: "“there” is no IP"}),
        ("extra_hosts", "db\na:1.1.1.1\nc:", {1: "“db”: write a name", 3: "“c:”: write a name"}),
    ],
)  # fmt: skip
def test_every_wrong_line_is_named_with_its_number(field: str, text: str, wrong: dict[int, str]) -> None:
    built = build({"image": "a:1", field: text.replace("\n", "\r\n")}, version=LAST)
    assert built.spec is None
    said = built.wrong_lines[field]
    assert said.numbers == tuple(wrong)
    for (number, words), sentence in zip(wrong.items(), said.words, strict=True):
        assert sentence.startswith(f"Line {number}: ")
        assert words in sentence
    assert built.faults[field] == "\n".join(said.words)


def test_lines_that_cannot_stand_together_or_are_too_new_are_named_with_their_numbers() -> None:
    values = {
        "image": "a:1", "network": "one", "further_networks": "two\none\ntwo\nthree,gw-priority=1",
        "mounts": "target=/a\ntype=bind,source=/b,target=/b,bind-nonrecursive\ntarget=/c,volume-subpath=d",
    }  # fmt: skip
    built = build(values, version=ApiVersion(1, 25))
    assert built.wrong_lines["further_networks"].words == ("Line 3: two stands twice.",)
    assert built.wrong_lines["mounts"].numbers == (2, 3)
    values["further_networks"] = "two\none\nthree,gw-priority=1"
    built = build(values, version=ApiVersion(1, 41))
    assert built.wrong_lines["further_networks"].numbers == (2, 3)
    assert "“GwPriority” needs API 1.48" in built.wrong_lines["further_networks"].words[1]
    assert built.wrong_lines["mounts"].words == ("Line 3: “Subpath” needs API 1.45; this engine is spoken to in 1.41.",)


def test_the_only_line_of_a_field_needs_no_number() -> None:
    assert faults_of({"ports": "\nhttp:80\n"})["ports"].startswith("“http:80” is no port")


def test_of_very_many_wrong_lines_the_first_are_named_and_the_rest_counted() -> None:
    said = build({"image": "a:1", "env": "\n".join(["A=1", *["TWO WORDS=1"] * 5000])}, version=LAST).wrong_lines["env"]
    assert said.numbers == tuple(range(2, 12))
    assert said.words[-1] == "4990 more lines are wrong."


@pytest.mark.django_db
def test_the_form_says_each_wrong_line_at_its_field() -> None:
    form = CreateForm({"image": "a:1", "env": "A=1\nB C=1\n100%s d=1", "memory": "much"}, version=LAST)
    assert not form.is_valid()
    row = basic_rows(form, form.why_unavailable)["env"]
    assert [(error.line, error.words[:13]) for error in row.errors] == [("2", "Line 2: “B C="), ("3", "Line 3: “100%")]
    [error] = basic_rows(form, form.why_unavailable)["memory"].errors
    assert (error.line, error.words) == ("", "“much” is no size. Write 512m, 2g or a number of bytes.")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "-a"), ("name", "a"), ("image", "a b"), ("command", "echo 'open"), ("memory", "much"),
        ("restart", "sometimes"), ("restart_tries", "3"), ("stop_signal", "0"), ("mac", "02:42"), ("dns", "nowhere"),
        ("extra_hosts", "db"), ("ipv4", "10.0.0.1"), ("net_aliases", "db"), ("cpus", "NaN"), ("swappiness", "101"),
        ("ulimits", "nofile=5:4"), ("blkio_weights", "/dev/sda:5"), ("read_bps", "sda:1m"), ("devices", "null"),
        ("mounts", "type=image,source=a,target=/b"), ("mounts", "source=a"), ("mounts", "target=/a,what=1"),
        ("tmpfs", "run"), ("health_interval", "soon"), ("health_cmd", '["a", 1]'), ("labels", "=x"),
        ("expose", "http"), ("gpus", "count=x"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_at_its_field(field: str, text: str) -> None:
    assert set(faults_of({field: text})) == {field}


def test_fields_that_exclude_each_other() -> None:
    assert "auto_remove" in faults_of({"auto_remove": "on", "restart": "always"})
    assert "cpus" in faults_of({"cpus": "1", "cpu_quota": "5000"})
    assert "memory_swap" in faults_of({"memory": "2g", "memory_swap": "1g"})
    assert "health_off" in faults_of({"health_off": "on", "health_cmd": "true"})


def test_no_image_is_a_fault_at_the_image() -> None:
    assert set(build({}, version=LAST).faults) == {"image"}


def test_a_part_that_is_newer_than_its_field_is_refused_at_the_field() -> None:
    line = "type=bind,source=/a,target=/b,bind-nonrecursive"
    assert "“NonRecursive” needs API 1.40" in faults_of({"mounts": line}, ApiVersion(1, 25))["mounts"]
    assert faults_of({"mounts": line}, ApiVersion(1, 40)) == {}


def test_an_engine_sees_only_members_that_were_filled_in() -> None:
    assert body_of({"name": "web"}) == {"Image": "a:1"}
    assert body_of({"stop_timeout": "0", "swappiness": "0"}) == {
        "Image": "a:1", "StopTimeout": 0, "HostConfig": {"MemorySwappiness": 0},
    }  # fmt: skip


TEXTS = {
    "ports": "8080:80\n127.0.0.1::53/udp", "env": "A=b c\nB=\nALONE", "binds": "v1:/a:ro\n/cache",
    "restart": "on-failure", "restart_tries": "3", "tty": "on", "stdin": "on", "init": "false", "network": "shop",
    "net_aliases": "db\ndatabase", "ipv4": "10.0.0.5", "mounts": "type=tmpfs,target=/t,tmpfs-size=1m",
    "memory": "512m", "cpus": "1.5", "ulimits": "nofile=1:2", "gpus": '"device=0,1",capabilities=gpu',
    "labels": "a=b=c\nd=", "health_cmd": "a || b", "health_interval": "30s", "log_opts": "max-size=1m",
    "security_opt": "no-new-privileges", "unmask": "on", "sysctls": "net.core.somaxconn=1",
    "devices": "/dev/a:/dev/b:rw", "command": "sh -c 'echo \"$HOME\"'", "name": "web", "publish_all": "on",
    "extra_hosts": "db:10.0.0.1", "stop_timeout": "5", "auto_remove": "", "privileged": "on",
}  # fmt: skip


def test_a_run_line_says_the_whole_form() -> None:
    values = {"image": "a:1", **{name: text for name, text in TEXTS.items() if text}}
    line = run_line(values, is_started=True)
    assert line.unsaid == []
    read = read_run_line(line.text)
    assert (read.unknown, read.problem, read.is_started) == ([], "", True)
    assert body_of(read.values) == body_of(values)


@given(
    st.dictionaries(NAMES, WORDS.map(str.strip), max_size=4),
    st.lists(WORDS, max_size=4),
    st.sampled_from(["no", "always", "unless-stopped"]),
    st.integers(1, 65535),
)
def test_any_environment_and_command_survive_the_run_line(
    env: dict[str, str], command: list[str], restart: str, port: int
) -> None:
    import shlex

    values = {
        "image": "a:1",
        "env": "\n".join(f"{name}={value}" for name, value in env.items()),
        "command": shlex.join(command),
        "restart": restart,
        "ports": f"{port}:80",
    }
    read = read_run_line(run_line(values, is_started=True).text)
    assert body_of(read.values) == body_of(values)


def test_only_the_prompt_at_the_beginning_is_no_part_of_a_line() -> None:
    for prompt in ("", "$ ", "# ", "  $  "):
        read = read_run_line(f"{prompt}docker run -e 'COST=5 $ each # net' x sh -c 'a # b'")
        assert (read.values["env"], read.values["command"]) == ("COST=5 $ each # net", "sh -c 'a # b'")


@pytest.mark.parametrize(
    "text", [" " * 2_500_000 + "x", "-e A=b " * 300_000 + "x", "A" * 2_500_000, "-" + "d" * 2_500_000 + " x"]
)
def test_a_line_that_no_shell_would_take_is_refused_at_once(text: str) -> None:
    assert "longer than 200000 characters" in read_run_line(f"docker run {text}").problem


def test_a_long_line_is_read_in_the_time_it_takes_to_read_it() -> None:
    read = read_run_line(f"docker run -{'d' * 60_000} {'-v /a:/b ' * 10_000}x {'a ' * 10_000}")
    assert read.values["binds"].count("\n") == 9_999
    assert read.values["command"].count("a") == 10_000


def test_words_of_an_engine_that_repeat_what_was_typed_are_looked_through_at_once() -> None:
    for piece in ("memory limit ", "mkdir ", "device driver "):
        assert field_of_start(piece * 100_000) == ""
        assert "image" in field_of(f"{piece * 100_000}: no such image", filled=["image"])
    assert field_of("no such image: " + "x" * 200_000) == "image"
    assert field_of("x" * 200_000 + ": no such image") == "image"


def test_the_value_of_an_unknown_option_is_not_taken_for_the_image() -> None:
    read = read_run_line("docker run --what this -p 80:80 --other=x a:1 -p 1")
    assert read.unknown == ["--what=this", "--other=x"]
    assert read.values == {"ports": "80:80", "image": "a:1", "command": "-p 1"}
    without = read_run_line("docker run --what a:1 server --port 1")
    assert (without.unknown, without.values["image"]) == (["--what"], "a:1")
    known = read_run_line("docker run --sig-proxy a:1 -p 1")
    assert (known.unknown, known.values) == (["--sig-proxy"], {"image": "a:1", "command": "-p 1"})


def test_what_a_run_line_has_and_the_form_has_not_is_named() -> None:
    read = read_run_line(
        "sudo docker container run -itd -eA=1 --env-file .env --pull always --what -p=80:80 "
        "--network name=n,ip=10.0.0.2,x=1 a:1"
    )
    assert read.unknown == ["--env-file=.env", "--pull=always", "--what", "--network x=1"]
    assert read.values == {
        "tty": "on", "stdin": "on", "env": "A=1", "ports": "80:80", "network": "n", "ipv4": "10.0.0.2", "image": "a:1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "values", "unknown"),
    [
        (
            "# run it\n$ docker run -d \\\n  # as a shop\n  --name shop \\\n  a:1 sh",
            {"name": "shop", "command": "sh"},
            [],
        ),
        ("docker run --name shop a:1\ndocker logs shop", {"name": "shop"}, ["docker logs shop"]),
        ("docker run\n  --name shop\n  a:1", {"name": "shop"}, []),
        ("# docker run -e 'A=1\n# no comment\ndocker ps' a:1", {"env": '"A=1\\n# no comment\\ndocker ps"'}, []),
        ("docker run --name shop \\\r\n docker sh", {"name": "shop", "image": "docker", "command": "sh"}, []),
    ],
)
def test_comments_and_other_commands_around_a_run_line_are_not_part_of_it(
    text: str, values: dict[str, str], unknown: list[str]
) -> None:
    read = read_run_line(text)
    assert (read.values, read.unknown, read.problem) == ({"image": "a:1", **values}, unknown, "")


@pytest.mark.parametrize(
    ("text", "values", "unexpanded", "unknown"),
    [
        (
            'docker run -v "$(pwd)":/src -v $PWD/x:/x -u $(id -u):$(id -g) a:1 ls',
            {"binds": "$(pwd):/src\n$PWD/x:/x", "user": "$(id -u):$(id -g)", "command": "ls"},
            ["$(pwd)", "$PWD", "$(id -u)", "$(id -g)"],
            [],
        ),
        (
            'docker run -e A=`id -u` -e B=\'$HOME\' -e "C=${X:-a b} $(cat "f")" -v ~/d:/d a:1',
            {"env": 'A=`id -u`\nB=$HOME\nC=${X:-a b} $(cat "f")', "binds": "~/d:/d"},
            ["`id -u`", "${X:-a b}", '$(cat "f")', "~"],
            [],
        ),
        ("docker run a:1 && docker ps", {}, [], ["&& docker ps"]),
        ("docker run a:1 sh -c 'a; b > c'; ls", {"command": "sh -c 'a; b > c'"}, [], ["; ls"]),
        ("docker run a:1 > log 2>&1", {}, [], ["> log 2>&1"]),
        ("docker run a:1 ls 2> log", {"command": "ls"}, [], ["2> log"]),
        ("docker run --name <name> a:1 # the shop", {"name": "<name>"}, [], []),
        ("docker run `\n  --name shop ^\n  -e A=a^b#c a:1", {"name": "shop", "env": "A=a^b#c"}, [], []),
        ("docker -H tcp://x --tls run --name shop a:1", {"name": "shop"}, [], ["-H tcp://x", "--tls"]),
    ],
)
def test_what_a_shell_would_do_with_a_run_line_is_told(
    text: str, values: dict[str, str], unexpanded: list[str], unknown: list[str]
) -> None:
    read = read_run_line(text)
    assert read.values == {"image": "a:1", **values}
    assert (read.unexpanded, read.unknown, read.problem) == (unexpanded, unknown, "")


@pytest.mark.parametrize("piece", ["${", "$(", "`", "\\ ", "<a", "#", "1", "~", "$(a)", "^ "])
def test_what_a_shell_would_look_at_twice_is_read_at_once(piece: str) -> None:
    read_run_line("docker run a:1 " + piece * (190_000 // len(piece)))


@pytest.mark.parametrize("text", ["", "ls -l", "docker ps", "docker run", "docker run -d", "docker run 'open"])
def test_what_is_no_run_line_is_said(text: str) -> None:
    assert read_run_line(text).problem


def test_the_compose_file_can_be_read_and_holds_the_values() -> None:
    values = {"image": "a:1", **{name: text for name, text in TEXTS.items() if text}}
    document = yaml.safe_load(compose_service(values))
    service = document["services"]["web"]
    assert service["environment"] == ["A=b c", "B=", "ALONE"]
    assert service["command"] == ["sh", "-c", 'echo "$$HOME"']
    assert service["networks"] == {"shop": {"aliases": ["db", "database"], "ipv4_address": "10.0.0.5"}}
    assert service["restart"] == "on-failure:3"
    assert service["healthcheck"]["test"] == ["CMD-SHELL", "a || b"]
    assert service["volumes"][0] == "v1:/a:ro"
    assert document["networks"] == {"shop": {"external": True}}
    assert document["volumes"]["v1"] == {"name": "v1"}


@given(st.dictionaries(NAMES, WORDS, min_size=1, max_size=4))
def test_any_label_can_stand_in_a_compose_file(labels: dict[str, str]) -> None:
    text = "\n".join(f"{name}={value}" for name, value in labels.items())
    service = yaml.safe_load(compose_service({"image": "a:1", "labels": text}))["services"]["app"]
    assert service["labels"] == {name: value.replace("$", "$$") for name, value in labels.items()}


@pytest.mark.parametrize(
    ("aliases", "wished"),
    [
        (["db", "f" * 12, "inner"], "db"),
        (["f" * 12, "inner"], None),
        (["db", "inner"], "db\ninner"),
        (["inner", "f" * 12], "inner"),
    ],
)
def test_names_that_engines_add_on_a_network_are_no_aliases(aliases: list[str], wished: str | None) -> None:
    written = write(
        {
            "Id": "f" * 64,
            "Config": {"Image": "a:1", "Hostname": "inner"},
            "HostConfig": {"NetworkMode": "one"},
            "NetworkSettings": {"Networks": {"one": {"Aliases": aliases}}},
        },
        version=LAST,
    )
    assert (written.values.get("net_aliases"), written.lost) == (wished, [])


def test_what_no_field_can_hold_is_named_in_a_duplicate() -> None:
    written = write(
        {
            "Id": "f" * 64,
            "Config": {"Image": "a:1", "Env": ["A=two\nlines"], "OnBuild": None},
            "HostConfig": {"Annotations": {"a": "b"}, "FromTheFuture": 1, "NetworkMode": "one", "Init": True},
            "NetworkSettings": {"Networks": {"one": {"Aliases": ["db", "f" * 12]}, "two": {"Future": 7}}},
        },
        version=ApiVersion(1, 22),
    )
    assert written.values == {
        "image": "a:1", "env": '"A=two\\nlines"', "network": "one", "net_aliases": "db", "further_networks": "two",
    }  # fmt: skip
    assert written.lost == [
        "Init process (needs API 1.25)", "Annotations (needs API 1.43)", "HostConfig.FromTheFuture", "two: Future",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "wished"),
    [
        (["db", "f" * 12, "box"], "db"),  # so newer engines answer those who speak an older version
        (["f" * 12, "box"], ""),
        (["box", "f" * 12], "box"),
        (["db", "box"], "db\nbox"),
    ],
)
def test_names_that_the_engine_adds_are_no_aliases(told: list[str], wished: str) -> None:
    inspected = {
        "Id": "f" * 64,
        "Config": {"Image": "a:1", "Hostname": "box"},
        "HostConfig": {"NetworkMode": "one"},
        "NetworkSettings": {"Networks": {"one": {"Aliases": told}}},
    }
    assert write(inspected, version=ApiVersion(1, 41)).values.get("net_aliases", "") == wished


def test_what_newer_engines_add_to_mounts_of_older_clients_is_left_to_them() -> None:
    mount = {
        "Type": "bind", "Source": "/a", "Target": "/b", "ReadOnly": True,
        "BindOptions": {"Propagation": "rprivate", "ReadOnlyNonRecursive": True},
    }  # fmt: skip
    inspected = {"Id": "f" * 64, "Config": {"Image": "a:1"}, "HostConfig": {"Mounts": [mount]}}
    line = "type=bind,source=/a,target=/b,readonly,bind-propagation=rprivate"
    for version, words in ((ApiVersion(1, 41), line), (ApiVersion(1, 44), f"{line},bind-recursive=writable")):
        written = write(inspected, version=version)
        assert (written.values["mounts"], written.lost, written.carried) == (words, [], {})


@pytest.mark.parametrize("name", FIELDS)
def test_an_example_can_be_read(name: str) -> None:
    example = FIELDS[name].example
    more = {"network": "own"} if FIELDS[name].path.startswith("@") else {}
    version = LAST if FIELDS[name].is_in(LAST) else NEWEST
    if example:
        assert faults_of({name: example, **more} if name != "image" else {"image": example}, version) == {}


def test_the_engines_words_find_their_field() -> None:
    assert field_of("Minimum memory limit allowed is 6MB") == "memory"
    assert field_of("Minimum memoryswap limit should be larger than memory limit") == "memory_swap"
    assert field_of('invalid mount config for type "bind": bind source path does not exist: /x') == "mounts"
    assert field_of("something else") == ""
    assert field_of("this is not supported by the transport") == ""
    assert field_of("Cannot mkdir: /bin/sh is not a directory") == "workdir"


def test_words_that_fit_several_fields_go_to_one_that_was_filled() -> None:
    words = 'create cache: error looking up volume plugin nope: plugin "nope" not found'
    assert field_of(words, filled=["image", "mounts"]) == "mounts"
    assert field_of(words, filled=["image", "binds"]) == "binds"
    words = "Invalid address fd00::9: It does not belong to any of this network's subnets"
    assert field_of_start(words, filled=["network", "ipv6"]) == "ipv6"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("Error starting userland proxy: listen tcp4 0.0.0.0:81: bind: address already in use", "ports"),
        ("failed to bind host port for 0.0.0.0:81:172.17.0.2:80/tcp: address already in use", "ports"),
        ("Address already in use", "ipv4"),
        ("failed to set up container networking: Address already in use", "ipv4"),
        ("invalid device cgroup rule format: 'x 1:1 rwm'", "device_rules"),
        ("error during container init: sethostname: invalid argument: unknown", "hostname"),
        ('error mounting "tmpfs" to rootfs at "/x": mount tmpfs:/x: invalid argument', "tmpfs"),
        ('runc create failed: sysctl "kernel.foo" is not in a separate kernel namespace', "sysctls"),
    ],
)
def test_why_it_did_not_start_finds_its_field(words: str, field: str) -> None:
    assert field_of_start(words) == field


@pytest.mark.parametrize(
    "words",
    [
        "path /srv/a is mounted on / but it is not a shared or slave mount",
        'error mounting "/etc/hosts" to rootfs at "/etc": not a directory',
    ],
)
def test_a_mount_that_fails_is_said_where_it_was_written(words: str) -> None:
    assert field_of_start(words, filled=["image", "binds"]) == "binds"
    assert field_of_start(words, filled=["image", "mounts"]) == "mounts"


def test_a_compose_file_declares_volumes_as_their_mounts_ask_for_them() -> None:
    mounts = [
        "type=volume,source=v,target=/v,volume-driver=local,volume-opt=type=tmpfs,volume-label=a=b,volume-subpath=s",
        "type=bind,source=/a,target=/b,bind-nonrecursive,bind-create-src",
    ]
    document = yaml.safe_load(compose_service({"image": "a:1", "mounts": "\n".join(mounts)}))
    declared = {"name": "v", "driver": "local", "driver_opts": {"type": "tmpfs"}, "labels": {"a": "b"}}
    assert document["volumes"] == {"v": declared}
    assert document["services"]["app"]["volumes"] == [
        {"type": "volume", "source": "v", "target": "/v", "volume": {"subpath": "s"}},
        {"type": "bind", "source": "/a", "target": "/b", "bind": {"create_host_path": True, "recursive": "disabled"}},
    ]
    nameless = compose_service({"image": "a:1", "mounts": "type=volume,target=/v,volume-driver=nfs"})
    assert nameless.startswith("# not in a compose file: Mounts\n")


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", ("nginx", "latest")), ("nginx:1", ("nginx", "1")), ("host:5000/a", ("host:5000/a", "latest")),
        ("host:5000/a:2", ("host:5000/a", "2")), ("a@sha256:ff", ("a", "sha256:ff")),
    ],
)  # fmt: skip
def test_a_pull_names_one_tag(reference: str, parts: tuple[str, str]) -> None:
    assert image_and_tag(reference) == parts


def test_reading_a_value_never_raises_anything_but_a_fault() -> None:
    for field in FIELDS.values():
        for text in ("\x00", "=", ":", "[", '"', "-", ",,", "::::", "é", "9" * 400, "\\"):
            try:
                read_value(field, text)
                build({"image": "a", field.name: text}, version=NEWEST)
                run_line({field.name: text}, is_started=False)
            except Fault:
                pass
