"""How many examples: the bounded run of CI, or the long one of `HYPOTHESIS_PROFILE=siege` (`make siege`)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = {"ci": 700, "siege": 20_000}[os.environ.get("HYPOTHESIS_PROFILE", "ci")]


def size(examples: int) -> settings:
    """Settings for this many examples, each of which takes its time."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # not `explain`: it takes minutes
    )
