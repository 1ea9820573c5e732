"""The order in which a sandbox comes up, each step once the ones it needs answer."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import msgspec

from sandbox.bound import die_with_parent
from sandbox.ready import StartError, tail
from sandbox.stack.options import read_faults
from sandbox.stack.plan import SYSTEMS, TANDEM, Plan, names
from sandbox.stack.probe import MOST_ENDS, wait_ready
from sandbox.stack.supervisor import Supervisor

Say = Callable[[str], None]


async def boot(supervisor: Supervisor, say: Say, seconds: float) -> None:
    """Start everything; return once every process is ready and both backfills are done."""
    plan, deadline = supervisor.plan, asyncio.get_running_loop().time() + seconds
    supervisor.say("starting")
    registry = await supervisor.launch(
        "registry"
    )  # its JVM takes longest; it meets Kafka on the first request
    await _storey(supervisor, ("kafka", *SYSTEMS), deadline, say)
    await _seed(plan, deadline, say)
    await plan_faults({system: plan.url(system) for system in SYSTEMS}, plan.options.faults)
    await wait_ready(registry, deadline)
    say("registry answers")
    await once(plan, "topics-apply", (str(TANDEM), "topics", "apply"), deadline)
    say("topics are there")
    await _storey(supervisor, tuple(names(plan.options)), deadline, say)
    await _backfilled(supervisor, deadline, say)
    supervisor.say("ready")


async def _storey(supervisor: Supervisor, storey: tuple[str, ...], deadline: float, say: Say) -> None:
    children = [await supervisor.launch(name) for name in storey]
    for child in children:
        await wait_ready(child, deadline)
        say(f"{child.spec.name} answers")


async def _seed(plan: Plan, deadline: float, say: Say) -> None:
    """Once in the life of a state: a second `up` finds the records of the first."""
    if plan.options.seed == "none" or plan.layout.seeded.exists():
        return
    keys = plan.identity.keys
    command = [sys.executable, "-m", "sandbox.seed", "--everything", "--invoiced-url", plan.url("invoiced")]
    command += [
        "--invoiced-key",
        keys.invoiced_user,
        "--crm-url",
        plan.url("crm"),
        "--crm-key",
        keys.crm_user,
    ]
    await once(plan, "seed", tuple(command), deadline)
    plan.layout.seeded.write_text(plan.options.seed)
    say("both systems hold their first records")


async def plan_faults(urls: Mapping[str, str], file: str | None) -> None:
    """What is planned is what this start was told: faults of an earlier one are gone."""
    planned = read_faults(file) if file is not None else {}
    async with httpx.AsyncClient(timeout=5) as client:
        for system, url in urls.items():
            await client.delete(f"{url}/_sandbox/faults")
            for fault in planned.get(system, []):
                answer = await client.post(f"{url}/_sandbox/faults", json=fault)
                if answer.is_error:
                    raise StartError(f"{system} refuses the fault {fault}: {answer.text}")


async def once(plan: Plan, name: str, command: tuple[str, ...], deadline: float) -> bytes:
    """Run a command to its end and return what it printed; raise `StartError` with its log unless it succeeds."""
    log = plan.layout.log(name)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=errors,
            env=_environment(plan),
            cwd=plan.layout.root,
            preexec_fn=die_with_parent(),
        )
    try:
        async with asyncio.timeout_at(deadline):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise StartError(f"{name} did not end in time. Its log says:\n{tail(log)}") from None
    if process.returncode:
        text = printed.decode(errors="replace")[-1000:]
        raise StartError(f"{name} ended with code {process.returncode}:\n{text}{tail(log)}")
    return printed


def _environment(plan: Plan) -> Mapping[str, str]:
    return {**os.environ, **plan.settings(), "TANDEM_STATE_DIR": str(plan.layout.state / "cli")}


async def _backfilled(supervisor: Supervisor, deadline: float, say: Say) -> None:
    """Ask Tandem itself until it says that it has read every source whole."""
    loop, reason = asyncio.get_running_loop(), "no answer yet"
    while loop.time() < deadline:
        _ensure_calm(supervisor)
        try:
            reason = _unread(await once(supervisor.plan, "status", _STATUS, deadline))
        except StartError as error:
            reason = str(error)
        if not reason:
            say("both backfills are done")
            return
        await asyncio.sleep(0.5)
    raise StartError(f"The backfills were not done in time: {reason}")


_STATUS = (str(TANDEM), "status", "--output", "json")


def _ensure_calm(supervisor: Supervisor) -> None:
    for child in supervisor.children.values():
        if child.ends >= MOST_ENDS:
            raise StartError(f"{child.spec.name} keeps ending. Its log says:\n{tail(child.log)}")


def _unread(printed: bytes) -> str:
    """What `tandem status` still waits for, in words; nothing when every source has been read whole."""
    sources: list[dict[str, Any]] = msgspec.json.decode(printed)["sources"]
    late = [f"{source['system']} {source['entity']}" for source in sources if source["backfill"] != "done"]
    return f"still reading {', '.join(late)}" if late else "" if sources else "no source is known yet"
