"""Sizes of the property tests. `pytest tests/properties --hypothesis-profile=long` runs the long campaign."""

from hypothesis import HealthCheck, Phase, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

_PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]

settings.register_profile("ci", max_examples=700, deadline=None, suppress_health_check=_SLOW, phases=_PHASES)
settings.register_profile("long", settings.get_profile("ci"), max_examples=20_000)
settings.load_profile("ci")
