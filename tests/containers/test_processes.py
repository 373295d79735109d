"""What may be asked of ps, and a container's own /proc read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.containers.forms.processes import parse_ps_args, parse_signal_wish
from apps.containers.presenters.processes import own_process, own_processes_json, processes_json, user_names
from apps.containers.services.own_processes import OwnList, SignalWish, split
from apps.containers.services.processes import DEFAULT_PS_ARGS, ProcessList
from apps.core.errors import InvalidInput
from apps.engine.types.processes import ContainerTop

NUMBERS = b"1 7 7 0 -1 4194304 100 0 0 0 250 150 0 0 20 0 1 0 60000 1000 200 18446744073709551615"


def part(*, name: bytes = b"sleep", command: bytes = b"sleep\x0060\x00", uid: int = 1000) -> bytes:
    """What `cat stat status cmdline` writes."""
    status = b"Name:\t%b\nState:\tS (sleeping)\nUid:\t%d\t%d\t%d\t%d\nVmRSS:\t     804 kB\nThreads:\t3\n" % (
        name.replace(b"\n", b"\\n"), uid, uid, uid, uid,
    )  # fmt: skip
    last = b"voluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t1\n"
    return b"7 (" + name + b") S " + NUMBERS + b"\n" + status + last + command


@pytest.mark.parametrize("text", ["aux", "-eo pid,args", "-ef", "-o pid,ppid -o user=WHO", DEFAULT_PS_ARGS])
def test_who_may_see_the_environment_asks_ps_what_she_likes(text: str) -> None:
    assert parse_ps_args(f"  {text} ", may_see_env=True) == text


@pytest.mark.parametrize(
    "text",
    ["aux; id", "-eo pid\nargs$(id)", "-o 'pid'", "-eo pid,user=PID", "-eo args= pid", "a" * 201, "é", "-o pid|x"],
)
def test_what_ps_must_never_be_asked_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_ps_args(text, may_see_env=True)
    assert refused.value.field == "ps_args"


@pytest.mark.parametrize("text", [DEFAULT_PS_ARGS, "-ef", "-f", "-eo args", "-o pid,args", "-eopid,args", "-ww -ef"])
def test_a_reader_chooses_columns(text: str) -> None:
    assert parse_ps_args(text, may_see_env=False) == text


@pytest.mark.parametrize(
    "text", ["auxe", "-auxe", "e", "-ef e", "-eo pid,args e", "-eo environ", "-ww e", "-we", "-eo pid,env", "axe"]
)
def test_no_form_of_ps_that_may_show_the_environment_is_for_a_reader(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_ps_args(text, may_see_env=False)


def test_nothing_asked_of_ps_is_nothing() -> None:
    assert parse_ps_args("  ", may_see_env=False) is None


def test_a_signal_names_its_process_exactly() -> None:
    posted = {"pid": "7", "start": "60000", "uid": "1000", "signal": "SIGTERM"}
    assert parse_signal_wish(posted) == SignalWish(7, 60000, uid=1000, signal="TERM")
    for wrong in (
        {"pid": "-1"},
        {"pid": "0"},
        {"pid": "1"},
        {"pid": "x"},
        {"start": ""},
        {"signal": ""},
        {"signal": "0"},
    ):
        with pytest.raises(InvalidInput):
            parse_signal_wish(posted | wrong)


def test_rows_of_ps_are_as_wide_as_its_heads() -> None:
    top = ContainerTop(["PID", "ARGS"], [["1", "sh"], ["2"], ["3", "a", "b"]])
    assert processes_json(ProcessList(top, "-ef")) == {
        "titles": ["PID", "ARGS"], "rows": [["1", "sh"], ["2", ""], ["3", "a"]], "ps_args": "-ef",
    }  # fmt: skip
    assert processes_json(ProcessList(ContainerTop(), None)) == {"titles": [], "rows": [], "ps_args": None}


def test_lines_of_ps_that_nobody_cut_into_columns_are_cut() -> None:
    top = ContainerTop(["PID   USER     COMMAND"], [["1 root     sh -c date"], ["9 joan"]])
    assert processes_json(ProcessList(top, "")) == {
        "titles": ["PID", "USER", "COMMAND"], "rows": [["1", "root", "sh -c date"], ["9", "joan", ""]], "ps_args": "",
    }  # fmt: skip
    assert ContainerTop(["COMMAND"], [["sh -c date"]]).processes == [["sh -c date"]]


def test_a_process_is_read_out_of_proc() -> None:
    found = own_process(7, part(), users={1000: "app"}, uptime_s=700.0)
    assert found is not None
    assert (found.pid, found.parent, found.user, found.uid, found.state) == (7, 1, "app", 1000, "S")
    assert (found.cpu_s, found.memory_bytes, found.threads) == (4.0, 804 * 1024, 3)
    assert (found.elapsed_s, found.start_ticks, found.command) == (100, 60000, "sleep 60")


def test_a_process_without_a_command_line_goes_by_its_name() -> None:
    found = own_process(7, part(command=b""), users={}, uptime_s=None)
    assert found is not None
    assert (found.command, found.user, found.elapsed_s) == ("[sleep]", "1000", None)


@given(name=st.binary(max_size=15).filter(lambda name: b"\0" not in name), command=st.binary(max_size=80))
def test_a_name_that_a_program_chose_changes_no_figure(name: bytes, command: bytes) -> None:
    found = own_process(7, part(name=name, command=command), users={}, uptime_s=None)
    assert found is not None
    assert (found.parent, found.start_ticks, found.uid, found.state) == (1, 60000, 1000, "S")
    assert found.command.isprintable()


def test_a_process_that_ended_while_it_was_read_is_left_out() -> None:
    assert own_process(7, b"", users={}, uptime_s=1.0) is None
    assert own_process(7, b"7 (sleep) S 1 7", users={}, uptime_s=1.0) is None


def test_the_parts_of_the_list_are_told_apart_by_a_word_that_only_we_know() -> None:
    written = b"M 42\n12.5 9.0\n\nM passwd\nroot:x:0:0::/:/bin/sh\n\nM 7\n" + part(uid=0) + b"\nM 9\nM9 8\nx\nM 12\n\n"
    found = split(written, b"M")
    assert found.uptime.split() == [b"12.5", b"9.0"]
    assert [pid for pid, _part in found.parts] == [7, 9, 12]
    assert [each["user"] for each in own_processes_json(found)["processes"]] == ["root"]
    assert own_processes_json(OwnList(b"", b"", ())) == {"processes": []}


def test_users_go_by_the_first_name_of_their_number() -> None:
    assert user_names(b"root:x:0:0::/:\nodd line\ntoor:x:0:0::/:\napp:x:1000:1::/:\n") == {0: "root", 1000: "app"}
