"""The list page of a host with 1,000 images, beside the bare `images/json` in the same run."""

import json
from urllib.parse import urlencode

from bench.list_page import ListPage
from bench.stage import Stage, stage

IMAGES = 1000


def _fill(stage: Stage) -> None:
    container = stage.raw.container(name="bench-source", start=False)
    for number in range(IMAGES):
        query = urlencode({"container": container, "repo": f"bench/image-{number:04d}", "tag": "1", "pause": "0"})
        labels = {"org.opencontainers.image.title": f"Image {number}", "tier": "backend"}
        status, answer = stage.raw.post(f"/commit?{query}", json={"Cmd": ["sh"], "Labels": labels})
        if status != 201:
            raise RuntimeError(f"the engine did not make image {number}: {json.dumps(answer)}")


def measure() -> None:
    """Print the bare call and the page while nobody follows the events, then while somebody does."""
    with stage() as on:
        _fill(on)
        print(f"{IMAGES} images")
        ListPage("/hosts/local/images/", "images/json").compare(on)
