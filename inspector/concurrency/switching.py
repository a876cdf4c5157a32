"""How long one thread may hold Python's lock while another waits for it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Python's own 5 ms are half of what a part takes: a verdict would wait for a thread that writes a
# record or paints a picture. Shorter turns cost nothing where threads mostly wait.
SHORT_TURN_S = 0.0005


@contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take short turns as long as the `with` lasts. For the whole process."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual_s)
