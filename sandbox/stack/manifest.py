"""`.tandem/sandbox.json`: how people, tests and the CLI find a running sandbox."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.stack.layout import write_private
from sandbox.stack.plan import TANDEM, TOPIC_PREFIX, Plan


def manifest(plan: Plan, state: str, pids: Mapping[str, int]) -> dict[str, Any]:
    """The content of the file, from what is known."""
    keys = plan.identity.keys
    health = {name for name in pids if name.startswith(("connector-", "worker-"))}
    return {
        "version": 1,
        "state": state,
        "tandem": str(TANDEM),
        "env_file": str(plan.layout.env_file),
        "state_dir": str(plan.layout.state),
        "log_dir": str(plan.layout.logs),
        "invoiced_url": plan.url("invoiced"),
        "invoiced_api_key": keys.invoiced,
        "invoiced_user_api_key": keys.invoiced_user,
        "crm_url": plan.url("crm"),
        "crm_api_key": keys.crm,
        "crm_user_api_key": keys.crm_user,
        "kafka": plan.broker().bootstrap,
        "schema_registry_url": plan.registry().url,
        "topic_prefix": TOPIC_PREFIX,
        "console_url": None,
        "poll_interval_s": plan.options.poll,
        "options": msgspec.to_builtins(plan.options),
        "pids": dict(sorted(pids.items())),
        "health": {name: plan.url(name) for name in sorted(health)},
    }


def write(plan: Plan, state: str, pids: Mapping[str, int]) -> None:
    """Replace the file in one step."""
    content = msgspec.json.format(msgspec.json.encode(manifest(plan, state, pids)), indent=1)
    write_private(plan.layout.manifest, content + b"\n")


def remove(plan: Plan) -> None:
    plan.layout.manifest.unlink(missing_ok=True)
