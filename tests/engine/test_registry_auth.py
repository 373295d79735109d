"""What a registry says back of our credentials is told to nobody."""

from __future__ import annotations

import base64
import json

import pytest

from apps.engine import answers
from apps.engine.api.image_transfer import image_create
from apps.engine.call import Reply
from apps.engine.errors import ApiError
from apps.engine.registry_auth import AUTH, CONFIG, hidden
from apps.engine.version import ApiVersion

SECRET = "hunter22-and-more"
HEADER = base64.urlsafe_b64encode(json.dumps({"username": "ada", "password": SECRET}).encode()).decode()
ALL = base64.urlsafe_b64encode(json.dumps({"r:5000": {"identitytoken": SECRET}}).encode()).decode()


@pytest.mark.parametrize("headers", [{AUTH: HEADER}, {CONFIG: ALL}])
def test_the_secret_is_not_in_the_words(headers: dict[str, str]) -> None:
    assert hidden(f"ada:{SECRET} is wrong", headers) == "ada:… is wrong"


@pytest.mark.parametrize("headers", [{}, {AUTH: "no base64 §"}, {AUTH: "e30="}, {AUTH: "bnVsbA=="}])
def test_without_secrets_the_words_stay(headers: dict[str, str]) -> None:
    assert hidden(f"ada:{SECRET} is wrong", headers) == f"ada:{SECRET} is wrong"


@pytest.mark.parametrize("status", [200, 404, 500])
def test_an_error_of_the_engine_does_not_hold_it(status: int) -> None:
    body = json.dumps({"message" if status > 200 else "error": f"denied: {SECRET}"}).encode()
    reply = Reply(status, {"content-type": "application/json"}, body, ApiVersion(1, 41))
    with pytest.raises(ApiError) as caught:
        answers.result_of(image_create(from_image="r:5000/a", auth=HEADER), reply)
    assert caught.value.message == "denied: …"
