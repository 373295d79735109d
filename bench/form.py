"""The page that makes a container, on a host with 200 images and 50 networks."""

import contextlib
import http.client
import io
import tarfile
import time

from bench.report import claim, spread
from bench.stage import Stage, stage
from bench.wires import EngineConnection

IMAGES = 200
NETWORKS = 50
TURNS = 15
MOST_MS = 150.0
FORM = "/hosts/local/containers/create/"


def _image(number: int) -> bytes:
    """Return the tar of an image that holds one file of its own."""
    content = str(number).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo("number")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _fill(stage: Stage) -> None:
    for number in range(IMAGES):
        path = f"/images/create?fromSrc=-&repo=bench/image-{number}&tag=1"
        status, answer = stage.raw.request("POST", path, body=_image(number))
        if status != 200:
            raise RuntimeError(f"The engine did not take an image: {answer}")
    for number in range(NETWORKS):
        network = {"Name": f"bench-{number}", "IPAM": {"Config": [{"Subnet": f"10.123.{number}.0/24"}]}}
        status, answer = stage.raw.post("/networks/create", json=network)
        if status != 201:
            raise RuntimeError(f"The engine did not make a network: {answer}")


def measure() -> None:
    """Print the page's time beside that of the engine's own two lists."""
    with stage() as on:
        _fill(on)
        bare: list[float] = []
        ours: list[float] = []
        with (
            contextlib.closing(http.client.HTTPConnection("127.0.0.1", on.port, timeout=60)) as connection,
            contextlib.closing(EngineConnection(on.engine.socket_path)) as engine,
        ):
            on.page_over(connection, FORM)
            for _ in range(TURNS):
                started = time.perf_counter()
                engine.read("/v1.41/images/json")
                engine.read("/v1.41/networks")
                listed = time.perf_counter()
                on.page_over(connection, FORM)
                ours.append((time.perf_counter() - listed) * 1000)
                bare.append((listed - started) * 1000)
        print(f"{IMAGES} images, {NETWORKS} networks")
        spread("bare lists of both", bare, unit="ms")
        page_ms = spread("form page", ours, unit="ms")
        claim(f"at most {MOST_MS:.0f} ms", holds=page_ms <= MOST_MS)
