"""A small web service: GET /items answers with 5 kB of JSON. UVICORN_STUDY_JSON=orjson replaces json."""

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

ITEMS = 70

app = FastAPI()


@app.get("/items")
async def items():
    return Answer([{"id": number, "name": f"item {number}", "price": number * 1.25, "tags": ["new", "on sale"]}
                   for number in range(ITEMS)])
