"""Archives on their way from a browser into an activity."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from apps.core.errors import Unavailable
from apps.core.spool import spool_folder
from apps.images.services.plain_tar import PlainTar


def archive_taken(upload: UploadedFile[bytes], *, field: str) -> Path:
    """Take an uploaded archive over into a file that stays after the request, and look whether it is a tar.

    Raises InvalidInput when it is none (and leaves nothing behind), Unavailable when the disk is full.
    """
    descriptor, name = tempfile.mkstemp(prefix="upload-", dir=spool_folder())
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(upload, TemporaryUploadedFile):
                os.replace(upload.temporary_file_path(), path)  # it is whole, and on the same disk
            else:
                shutil.copyfileobj(upload, file)
        PlainTar(path, field=field).check()
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise Unavailable(
            _("The server's disk is full."),
            _("There is no room for the archive."),
            hint=_("Ask an admin to make room."),
        ) from exc
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


@contextmanager
def on_disk(upload: UploadedFile[bytes]) -> Iterator[Path]:
    """An upload as a file on the disk, for as long as the block lasts."""
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="upload-", dir=spool_folder()) as file:
        shutil.copyfileobj(upload, file)
        file.flush()
        yield Path(file.name)
