"""The GenTL producer that comes with the library: three drawn cameras, without a trigger."""

from importlib.util import find_spec
from pathlib import Path

_FOUND = find_spec("genicam")
assert _FOUND is not None
assert _FOUND.origin is not None
PRODUCER = Path(_FOUND.origin).with_name("viky.cti")
