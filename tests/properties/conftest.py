"""Sizes of the property tests. `pytest tests/properties --hypothesis-profile=long` runs the long campaign."""

from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile("ci", max_examples=700, deadline=None, suppress_health_check=_SLOW)
settings.register_profile("long", max_examples=20_000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile("ci")
