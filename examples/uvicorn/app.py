"""A small web service: GET /readings answers with 3 kB of JSON. UVICORN_STUDY_JSON=orjson replaces json."""

import math
import os

from fastapi import FastAPI
from fastapi.responses import JSONResponse

if os.environ.get("UVICORN_STUDY_JSON") == "orjson":
    import orjson

    class Answer(JSONResponse):
        def render(self, content):
            return orjson.dumps(content)
else:
    Answer = JSONResponse

READINGS = [20 + math.sin(number) for number in range(140)]

app = FastAPI()


@app.get("/readings")
async def readings():
    return Answer({"sensor": "attic", "unit": "C", "readings": READINGS})
