"""Every API function with all its arguments, for tests that walk over all of them."""

from __future__ import annotations

from typing import Any

from apps.engine.api import (
    archive,
    build,
    commit,
    container_create,
    containers,
    distribution,
    exec,
    image_transfer,
    images,
    networks,
    system,
)
from apps.engine.call import Call
from apps.engine.types.build import BuildOptions
from apps.engine.types.container_create import AddressSpec, CreateSpec, EndpointSpec

ID = "abc123"

FULL_CALLS: dict[str, Call[Any]] = {
    "container_list": containers.container_list(
        is_all=True, limit=3, size=True, filters={"label": ["a=b"], "name": ["x"]}
    ),
    "container_list_filtered": containers.container_list(
        filters={
            key: ["x"]
            for key in ("ancestor", "before", "since", "volume", "network", "health", "is-task", "publish", "expose")
        }
    ),
    "container_list_brief": containers.container_list_brief(),
    "container_inspect": containers.container_inspect(ID, size=True),
    "container_top": containers.container_top(ID, ps_args="aux"),
    "container_changes": containers.container_changes(ID),
    "container_start": containers.container_start(ID),
    "container_stop": containers.container_stop(ID, timeout_s=3, signal="INT"),
    "container_restart": containers.container_restart(ID, timeout_s=3, signal="INT"),
    "container_kill": containers.container_kill(ID, signal="HUP"),
    "container_pause": containers.container_pause(ID),
    "container_unpause": containers.container_unpause(ID),
    "container_remove": containers.container_remove(ID, force=True, volumes=True, link=True),
    "container_rename": containers.container_rename(ID, name="other"),
    "container_resize": containers.container_resize(ID, rows=24, columns=80),
    "container_wait": containers.container_wait(ID, condition="next-exit"),
    "container_update": containers.container_update(
        ID, settings={"Memory": 1 << 26, "RestartPolicy": {"Name": "always"}, "NanoCpus": 10**9, "PidsLimit": 9}
    ),
    "container_prune": containers.container_prune(filters={"until": ["1"], "label": ["a"]}),
    "container_export": containers.container_export(ID),
    "image_commit": commit.image_commit(
        ID, repo="shop/web", tag="1", comment="why", author="Ada", pause=False, changes=['CMD ["sh"]', "ENV A=1"]
    ),
    "container_logs": containers.container_logs(
        ID, follow=True, since=1, until="2.5", timestamps=True, tail=7, details=True
    ),
    "container_stats": containers.container_stats(ID),
    "container_stats_once": containers.container_stats_once(ID, one_shot=True),
    "container_attach": containers.container_attach(ID, logs=True, detach_keys="ctrl-x,x"),
    "container_attach_ws": containers.container_attach_ws(ID, logs=True, detach_keys="ctrl-x,x"),
    "exec_create": exec.exec_create(
        ID,
        cmd=["sh"],
        tty=True,
        user="1000",
        env=["A=1"],
        working_dir="/srv",
        privileged=True,
        detach_keys="ctrl-x,x",
        console_size=(24, 80),
    ),
    "exec_start": exec.exec_start(ID, tty=True, console_size=(24, 80)),
    "exec_inspect": exec.exec_inspect(ID),
    "exec_resize": exec.exec_resize(ID, rows=24, columns=80),
    "ping": system.ping(),
    "version": system.version(),
    "info": system.info(),
    "system_auth": system.system_auth("r.example:5000", username="ada", password="secret", identity_token="token"),
    "events": system.events(
        since=1,
        until=2,
        filters={key: ["x"] for key in ("container", "event", "image", "label", "type", "volume", "network")}
        | {key: ["x"] for key in ("daemon", "plugin", "scope", "config", "node", "secret", "service")},
    ),
    "archive_stat": archive.archive_stat(ID, path="/bin/sh"),
    "archive_get": archive.archive_get(ID, path="/etc"),
    "container_create": container_create.container_create(CreateSpec(image="a:1"), name="web", platform="linux/amd64"),
    "image_list": images.image_list(
        is_all=True,
        filters={key: ["x"] for key in ("dangling", "label", "before", "since", "reference", "until")},
        digests=True,
        shared_size=True,
    ),
    "image_list_pattern": images.image_list(pattern="a*", filters={"dangling": ["true"], "label": ["a=b"]}),
    "image_history": images.image_history("shop/web:1"),
    "image_tag": images.image_tag("shop/web:1", repo="shop/web", tag="2", force=True),
    "image_remove": images.image_remove("shop/web:1", force=True, noprune=True),
    "image_search": images.image_search(
        "web",
        limit=5,
        filters={"is-official": ["true"], "is-automated": ["false"], "stars": ["3"]},
        registry_auth="e30=",
    ),
    "image_prune": images.image_prune(filters={"dangling": ["false"], "until": ["1"], "label": ["a"]}),
    "distribution_inspect": distribution.distribution_inspect("shop/web:1", registry_auth="e30="),
    "system_data_usage": system.system_data_usage(),
    "image_inspect": images.image_inspect("shop/web:1"),
    "image_build": build.image_build(
        BuildOptions(
            dockerfile="a/Dockerfile",
            tags=("a:1", "b:2"),
            remote="http://x/y.tar",
            quiet=True,
            no_cache=True,
            pull=True,
            remove=False,
            force_remove=True,
            memory=1,
            memory_swap=2,
            cpu_shares=3,
            cpuset_cpus="0",
            cpuset_mems="0",
            cpu_period=4,
            cpu_quota=5,
            cgroup_parent="/a",
            ulimits=({"Name": "nofile", "Soft": 1, "Hard": 2},),
            build_args={"A": "1", "B": None},
            shm_size=6,
            labels={"a": "b"},
            cache_from=("c:1",),
            network_mode="none",
            squash=True,
            extra_hosts=("a:1.2.3.4", "b:1.2.3.5"),
            target="t",
            platform="linux/amd64",
        ),
        registry_config="e30=",
    ),
    "image_build_old": build.image_build(BuildOptions(tags=("a:1",), dockerfile="b", memory=1)),
    "build_prune": build.build_prune(is_all=True, unused_for="24h", keep_bytes=10**9),
    "image_create": image_transfer.image_create(from_image="a", tag="1", platform="linux/amd64", auth="e30="),
    "image_import": image_transfer.image_import(
        repo="a/b", tag="1", message="why", changes=['CMD ["sh"]', "ENV A=1"], platform="linux/amd64"
    ),
    "image_push": image_transfer.image_push("shop/web", tag="1", auth="e30="),
    "image_get": image_transfer.image_get("shop/web:1"),
    "image_get_all": image_transfer.image_get_all(["a:1", "b:2"]),
    "image_load": image_transfer.image_load(),
    "network_list": networks.network_list(),
    "network_inspect": networks.network_inspect("shop"),
    "network_connect": networks.network_connect(
        "shop",
        container_id=ID,
        endpoint=EndpointSpec(
            ipam_config=AddressSpec(ipv4_address="10.0.0.2", ipv6_address="fd00::2", link_local_ips=["169.254.1.1"]),
            links=["db:database"],
            aliases=["web"],
            driver_opts={"a": "b"},
        ),
    ),
    "network_disconnect": networks.network_disconnect("shop", container_id=ID, force=True),
    "archive_put": archive.archive_put(ID, path="/etc"),
}
