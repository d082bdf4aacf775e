"""Imported last in the process that experiments are forked from: what most of them would import themselves.

These are imports that libraries delay. If a release has removed one, only time is lost.
"""

import contextlib
import gc
import importlib
import warnings

_PUT_OFF = (
    "anyio._backends._asyncio",
    "encodings.idna",
    "fastapi.telemetry._runtime",
    "httpcore._sync",
    "pydantic.v1",
    "sqlalchemy.dialects.sqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.protocols.websockets.auto",
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for _name in _PUT_OFF:
        with contextlib.suppress(ImportError):
            importlib.import_module(_name)

gc.collect()
gc.freeze()  # no experiment has to look through all this for garbage
