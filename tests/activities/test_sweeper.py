"""What processes that are gone have left is marked, and what is old is forgotten."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from apps.activities import owners, sweeper
from apps.activities.models import Activity, State
from apps.activities.output import OutputFile, folder_of
from apps.activities.owners import Owner
from apps.activities.presenters import PlainText
from apps.activities.progress import Progress
from tests.activities.conftest import Bench


async def made(**fields: Any) -> Activity:
    return await Activity.objects.acreate(
        **{"kind": "test.work", "host_slug": "local", "starter_name": "ada", "owner": "0" * 32, **fields}
    )


async def test_what_a_crashed_process_ran_is_interrupted_and_its_files_are_removed(
    bench: Bench, tmp_path: Path
) -> None:
    upload = tmp_path / "upload.tar"
    upload.write_bytes(b"x")
    neighbour = Owner()
    left = await made(files=[str(upload)])
    beside = await made(owner=neighbour.token)
    output = OutputFile(left.pk)
    output.write([b'{"type":"note","text":"so far"}\n'])
    output.close()
    half = folder_of(left.pk) / "file.part"
    half.write_bytes(b"half of an archive")
    await sweeper.sweep()
    await left.arefresh_from_db()
    await beside.arefresh_from_db()
    assert (left.state, beside.state) == (State.INTERRUPTED, State.RUNNING)
    assert left.ended_at is not None and left.output_bytes == 32
    assert not upload.exists() and not half.exists()
    neighbour.release()
    await sweeper.sweep()
    await beside.arefresh_from_db()
    assert beside.state == State.INTERRUPTED
    assert not owners.is_alive(neighbour.token)


async def test_what_is_old_or_too_many_is_forgotten_with_its_output(bench: Bench, settings: Any) -> None:
    settings.ACTIVITY_KEEP_DAYS = 30
    settings.ACTIVITY_KEEP_COUNT = 3
    now = timezone.now()
    ages = [40, 1, 2, 3, 4]
    kept = [
        await made(state=State.DONE, started_at=now - timedelta(days=age), ended_at=now - timedelta(days=age))
        for age in ages
    ]
    runs = await made(started_at=now - timedelta(days=90))
    for activity in [*kept, runs]:
        folder_of(activity.pk).mkdir(parents=True)
    folder_of(uuid.uuid4()).mkdir()  # of nothing, but new: it may be about to get its row
    await sync_to_async(sweeper._forget)()
    left = {pk async for pk in Activity.objects.values_list("pk", flat=True)}
    assert left == {kept[1].pk, kept[2].pk, kept[3].pk, runs.pk}
    assert {activity.pk for activity in [*kept, runs] if folder_of(activity.pk).exists()} == left


def test_a_pull_goes_forward_from_nothing_to_all() -> None:
    progress = Progress()
    seen = [progress.percent]
    for status, current in (("Downloading", 50), ("Downloading", 100), ("Extracting", 50), ("Pull complete", 0)):
        progress.heard({"type": "layer", "id": "a", "status": status, "current": current, "total": 100})
        seen.append(progress.percent)
    assert seen == [None, 25, 50, 75, 100]


def test_layers_that_wait_count_before_their_size_is_known() -> None:
    progress = Progress()
    for part in "abcd":
        progress.heard({"type": "layer", "id": part, "status": "Waiting", "current": None, "total": None})
    seen = [progress.percent]
    progress.heard({"type": "layer", "id": "a", "status": "Downloading", "current": 100, "total": 100})
    seen.append(progress.percent)
    progress.heard({"type": "layer", "id": "a", "status": "Download complete", "current": None, "total": None})
    progress.heard({"type": "layer", "id": "b", "status": "Already exists", "current": None, "total": None})
    seen.append(progress.percent)
    assert seen == [None, 12, 16]


def test_output_reads_as_text() -> None:
    plain = PlainText()
    assert (
        plain.dressed(
            [
                '{"type":"step","number":1,"total":2,"text":"FROM a"}',
                '{"type":"text","text":"\\u001b[1;31mred\\u001b[0m\\n"}',
                '{"type":"layer","id":"abc","status":"Downloading","current":1,"total":2}',
                '{"type":"layer","id":"abc","status":"Downloading","current":2,"total":2}',
                '{"type":"item","name":"web","outcome":"failed","detail":"in use"}',
                '{"type":"note","text":"half \\ud800 of a character"}',
                '{"type":"te',
                '{"type":"dropped","bytes":7}',
            ]
        )
        == "\n[1/2] FROM a\nred\nabc: Downloading\nweb: failed: in use\nhalf ? of a character\n"
        "\n[… 7 bytes of output are not kept …]\n"
    )
