"""Messages arrive whole, in order, or not at all."""

import io

import pytest

from inspector.inference.messages import read_message, write_message


def stream_of(*messages: tuple[dict[str, object], bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    for words, raw in messages:
        write_message(stream, words, raw)
    stream.seek(0)
    return stream


def test_messages_come_out_as_they_went_in_and_then_the_end() -> None:
    messages: list[tuple[dict[str, object], bytes]] = [
        ({"do": "turn"}, b""),
        ({"shape": [1, 2], "名": None}, bytes(range(256))),
    ]
    stream = stream_of(*messages)
    assert [read_message(stream) for _ in range(3)] == [*messages, None]


@pytest.mark.parametrize("cut", range(1, 17))
def test_cut_message_is_an_error_wherever_it_is_cut(cut: int) -> None:
    data = stream_of(({"a": 1}, b"xy")).getvalue()
    assert len(data) == 18
    with pytest.raises(EOFError):
        read_message(io.BytesIO(data[:cut]))


def test_counts_out_of_bounds_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ValueError, match="it would have 4294967295"):
        read_message(io.BytesIO(b"\xff" * 8))


def test_words_that_are_no_table_are_refused() -> None:
    with pytest.raises(ValueError, match="not a table"):
        read_message(io.BytesIO(b"\x02\0\0\0\0\0\0\0[]"))
