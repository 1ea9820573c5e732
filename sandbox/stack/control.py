"""The supervisor's HTTP, on a unix socket of this user: see, stop, start and restart processes; take all down."""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.ready import StartError
from sandbox.stack.supervisor import Supervisor


def control(supervisor: Supervisor, leave: asyncio.Event) -> Starlette:
    """The application; `leave` is set when it is told to take everything down."""
    verbs = {"stop": supervisor.stop, "start": supervisor.start, "restart": supervisor.restart}

    async def processes(_: Request) -> JSONResponse:
        return JSONResponse({"processes": supervisor.rows()})

    async def act(request: Request) -> JSONResponse:
        name, verb = request.path_params["name"], request.path_params["verb"]
        if verb not in verbs:
            return _refusal(404, f"a process can be stopped, started or restarted, not {verb}")
        if verb != "start" and name not in supervisor.children:
            return _refusal(404, f"no process is called {name}")
        try:
            await verbs[verb](name)
        except KeyError:
            return _refusal(404, f"no process is called {name}, and only worker-0 … worker-999 can be added")
        except StartError as error:
            return _refusal(503, str(error))
        return JSONResponse(supervisor.row(name))

    async def down(_: Request) -> JSONResponse:
        leave.set()
        return JSONResponse({"leaving": True}, 202)

    return Starlette(
        routes=[
            Route("/processes", processes, methods=["GET"]),
            Route("/processes/{name}/{verb}", act, methods=["POST"]),
            Route("/down", down, methods=["POST"]),
        ]
    )


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": "process", "message": message}}, status)
