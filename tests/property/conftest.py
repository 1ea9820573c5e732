"""How much hypothesis tries: `default` in every run, `deep` by HYPOTHESIS_PROFILE. A failure prints its blob."""

import os

from hypothesis import HealthCheck, settings

EVERY = settings(deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
settings.register_profile("default", EVERY, max_examples=100)
settings.register_profile("deep", EVERY, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
