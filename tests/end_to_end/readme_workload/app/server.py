"""What `-m app.server` runs: handles one request, and ends."""

from app import handle

print(handle().decode())
