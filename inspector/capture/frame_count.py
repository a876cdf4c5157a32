"""A frame's number, of what its camera counts: from 0 at every open, with a gap for each loss."""

GIGE_BLOCKS = 65_535  # GigE Vision counts 1..65,535 and then from 1 again


class FrameCount:
    """Of one open camera. For one thread.

    Attributes:
        newest: The number of the picture that came last; -1 before the first.
    """

    def __init__(self) -> None:
        self.newest = -1
        self._block_id: int | None = None

    def add(self, block_id: int) -> None:
        """A picture came.

        Args:
            block_id: Its number in the camera's own count.
        """
        before, self._block_id = self._block_id, block_id
        step = 1 if before is None else block_id - before
        if step < 0:  # GigE Vision's counter began anew, or the camera's did
            step = step + GIGE_BLOCKS if before is not None and before <= GIGE_BLOCKS else 1
        self.newest += step

    def camera_began_anew(self) -> None:
        """The camera counts from its first number again; ours go on."""
        self._block_id = None
