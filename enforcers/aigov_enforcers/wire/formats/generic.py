"""Any JSON: every string is text, the usual members say what they say elsewhere."""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import asked, usage
from aigov_enforcers.wire.shape import FREE

FORMATS = (Format("generic", "", FREE, FREE, asked, usage),)
