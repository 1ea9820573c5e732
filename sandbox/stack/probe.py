"""Asking a started process whether it is ready."""

import asyncio

import httpx

from sandbox import kafka
from sandbox.ready import StartError, tail
from sandbox.stack.child import Child

# An end or two may be a dependency that was not there yet; more is a defect.
MOST_ENDS = 3


async def ready(address: str) -> bool:
    """Whether a `kafka://` or `http://` address answers well."""
    if address.startswith("kafka://"):
        return await asyncio.to_thread(kafka.answers, address.removeprefix("kafka://"))
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return (await client.get(address)).is_success
    except httpx.TransportError:
        return False


async def wait_ready(child: Child, deadline: float) -> None:
    """Return once the child answers; raise `StartError` when it keeps ending or the loop's time passes `deadline`."""
    loop = asyncio.get_running_loop()
    while not await ready(child.spec.ready):
        if child.ends >= MOST_ENDS:
            raise StartError(f"{child.spec.name} keeps ending. Its log says:\n{tail(child.log)}")
        if loop.time() > deadline:
            raise StartError(f"{child.spec.name} is not ready in time. Its log says:\n{tail(child.log)}")
        await asyncio.sleep(0.1)
