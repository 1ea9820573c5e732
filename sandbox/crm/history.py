"""Older answers for `stale_read`: each record as it was before its last edit, with the ETag of then."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import Stale, older_records

from .records import Records


def stale_reads(records: Mapping[str, Records]) -> Stale:
    """The hook; a record never edited has no older image and stays as it is."""

    def previous(request: Request, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
        entity = records.get(request.url.path.strip("/").partition("/")[0])
        body = None if entity is None else entity.previous(str(record.get("Id")))
        return None if body is None else dict(orjson.loads(body))

    exchange = older_records(previous)

    async def stale(request: Request, response: Response) -> Response:
        older = await exchange(request, response)
        if "etag" in older.headers:
            older.headers["ETag"] = f'"{orjson.loads(bytes(older.body))["Version"]}"'
        return older

    return stale
