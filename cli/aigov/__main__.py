"""`python -m aigov`."""

from __future__ import annotations

import sys

from aigov.main import main

sys.exit(main())
