"""The list page of a host with 2,000 containers, beside the bare `containers/json?all=1` in the same run."""

from bench.list_page import ListPage
from bench.stage import Stage, stage

CONTAINERS = 2000


def _fill(stage: Stage) -> None:
    for number in range(CONTAINERS):
        stage.raw.container(
            cmd=["sleep", "1000"],
            name=f"bench-{number:04d}",
            start=False,
            labels={"com.docker.compose.project": f"project-{number % 40}", "tier": "backend", "number": str(number)},
        )


def measure() -> None:
    """Print the bare call and the page while nobody follows the events, then while somebody does."""
    with stage() as on:
        _fill(on)
        print(f"{CONTAINERS} containers")
        ListPage("/hosts/local/containers/?all=1", "containers/json?all=1").compare(on)
