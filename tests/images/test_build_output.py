"""The lines of a build as messages of an activity."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from apps.engine.types.progress import progress_of, progresses_of
from apps.engine.wire.json_text import unescaped
from apps.images.building.output import BuildOutput, Mask, Message

TALK = [
    b'{"stream":"Step 1/3 : FROM busybox"}',
    b'{"stream":"\\n"}',
    b'{"stream":" ---\\u003e 0123456789ab\\n"}',
    b'{"stream":"Step 2/3 : RUN echo hunter22"}',
    b'{"stream":"hunter22\\n"}',
    b'{"status":"Pulling fs layer","progressDetail":{"current":1,"total":2},"id":"abc"}',
    b'{"stream":"Successfully built 0123456789ab\\n"}',
    b'{"stream":"Successfully tagged a:1\\n"}',
]


def told(lines: list[bytes], build_args: dict[str, str | None]) -> tuple[BuildOutput, list[Message]]:
    output = BuildOutput(Mask(build_args))
    return output, [readable(message) for message in output.feed(map(progress_of, lines), is_over=True)]


def readable(message: Message) -> Message:
    text = message.get("text")
    return {**message, "text": unescaped(text)} if isinstance(text, bytes) else message


def test_text_that_came_together_is_one_message() -> None:
    lines = [b'{"stream":"%d\\n"}' % number for number in range(3)]
    _output, messages = told(lines, {})
    assert messages == [{"type": "text", "text": "0\n1\n2\n"}]


def test_lines_are_read_together_as_they_are_one_by_one() -> None:
    odd = [
        b'{"stream":7,"errorDetail":{"message":"no"}}',
        b"no json",
        b"[1]",
        b'{"status":"ok","id":null}',
        b"[" * 50_000,
    ]
    for lines in (TALK, [*TALK, *odd]):
        together = progresses_of(b"\r\n".join([*lines, b""]))
        assert together == [progress_of(line) for line in lines]


def test_steps_texts_and_layers_follow_each_other() -> None:
    output, messages = told(TALK, {})
    assert messages[0] == {"type": "step", "number": 1, "total": 3, "text": "FROM busybox"}
    assert messages[1] == {"type": "text", "text": " ---> 0123456789ab\n"}
    assert [message["type"] for message in messages] == ["step", "text", "step", "text", "layer", "text"]
    assert (output.image_id, output.tags, output.step) == ("0123456789ab", ["a:1"], "RUN echo hunter22")


def test_a_context_that_the_engine_fetches_is_no_layer() -> None:
    line = b'{"status":"http://x/a.tgz","progressDetail":{"current":342%s},"id":"Downloading context"}'
    messages = [message for _output, [message] in (told([line % more], {}) for more in (b"", b',"total":999'))]
    assert [(one["type"], one["what"], one["current"], one["total"]) for one in messages] == [
        ("progress", "Fetched by the engine", 342, 342),
        ("progress", "Fetched by the engine", 342, 999),
    ]


def test_a_secret_argument_is_masked_and_others_are_not() -> None:
    _output, messages = told(TALK, {"API_TOKEN": "hunter22", "COLOUR": "busybox"})
    assert "hunter22" not in str(messages)
    assert "busybox" in str(messages)


def test_the_full_id_wins_over_the_short_one() -> None:
    output, _messages = told([b'{"aux":{"ID":"sha256:ff"}}', *TALK], {})
    assert output.image_id == "sha256:ff"


def test_a_failure_keeps_the_engines_words_and_the_exit_code() -> None:
    line = b'{"errorDetail":{"code":3,"message":"The command returned a non-zero code: 3"},"error":"shorter"}'
    output, _messages = told([*TALK[:5], line], {})
    assert (output.error, output.exit_code) == ("The command returned a non-zero code: 3", 3)
    assert output.image_id == ""


def test_an_old_engine_counts_from_zero_without_total() -> None:
    _output, messages = told([b'{"stream":"Step 0 : FROM a\\n"}'], {})
    assert messages == [{"type": "step", "number": 0, "total": None, "text": "FROM a"}]


def test_what_a_command_prints_is_no_step() -> None:
    _output, messages = told([TALK[0], b'{"stream":"Step 2/9 : RUN evil\\n"}'], {})
    assert [message["type"] for message in messages] == ["step", "text"]


def test_a_secret_that_comes_in_two_pieces_is_masked() -> None:
    output = BuildOutput(Mask({"TOKEN": "hunter22"}))
    said = ""
    for pieces in (["is hun"], ["te", "r2"], ["2 and hunt"]):
        lines = [progress_of(json.dumps({"stream": piece}).encode()) for piece in pieces]
        said += "".join(str(message["text"]) for message in output.feed(lines, is_over=False))
        assert "hun" not in said
    said += "".join(str(message["text"]) for message in output.feed([], is_over=True))
    assert said == "is ••• and hunt"


SECRETS = ["abcdef", "abcd", "xxab", "aaaa", "é€😀", 'a"b\\c', "<&>&", "\\u003c", "two\nlines"]
PARTS = [*SECRETS, *(value[:2] for value in SECRETS), *(value[2:] for value in SECRETS), "S", "sha256:", "Step 9/9 : x"]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join), st.sets(st.sampled_from(SECRETS)), st.integers(1, 9))
@example("is abcdef", {"abcd", "abcdef"}, 7)
@example("xxabcd", {"abcdef", "xxab"}, 4)
def test_however_it_is_cut_it_is_masked_as_a_whole(text: str, secrets: set[str], size: int) -> None:
    mask = Mask({f"TOKEN_{number}": value for number, value in enumerate(secrets)})
    output = BuildOutput(mask)
    said = ""
    for start in range(0, len(text), size):
        line = json.dumps({"stream": text[start : start + size]}, ensure_ascii=start % 2 == 0)
        lines = progresses_of(line.replace("<", "\\u003c").replace("&", "\\u0026").encode() + b"\r\n")
        said += "".join(str(readable(message)["text"]) for message in output.feed(lines, is_over=False))
    said += "".join(str(readable(message)["text"]) for message in output.feed([], is_over=True))
    assert said == mask(text)


def test_of_an_odd_line_what_can_be_read_stands() -> None:
    odd = [
        b'{"stream":null}',
        b'{"stream":{"a":"b"},"status":"one"}',
        b'{"stream":"two\\","id":7}',
        b'{"stream":"bad \xff byte\\n"}',
        b'{"stream":"half \\ud83d of one\\n"}',
        b'{"stream":"a \t tab\\n"}',
        b'{"stream":"no \\x escape"}',
        b'{"stream":"last\\\\","aux":{"ID":"sha256:ff"}}',
        b'{"stream":"not said","error":"gone \\ud800 wrong"}',
    ]
    output, [message] = told(odd, {})
    assert message["text"] == "one\nbad � byte\nhalf ? of one\na \t tab\nlast\\"
    assert (output.error, output.image_id) == ("gone ? wrong", "")


def test_what_a_command_prints_without_line_ends_is_no_step_out_of_turn() -> None:
    forged = [b'{"stream":"Step %s/%s : x"}' % (number, number) for number in (b"9" * 5000, b"9" * 400, b"7", b"1")]
    output, messages = told([*TALK[:5], *forged], {})
    assert [message["number"] for message in messages if message["type"] == "step"] == [1, 2]
    assert output.step == "RUN echo hunter22"


def test_what_a_command_prints_is_not_the_result() -> None:
    lines = [b'{"stream":"Successfully built deadbeefdead\\n"}', *[b'{"stream":"Successfully tagged x\\n"}'] * 200]
    output, _messages = told([*lines, *TALK], {})
    assert output.image_id == "0123456789ab"
    assert len(output.tags) == 100
