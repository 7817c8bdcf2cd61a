"""A stand-in for uvicorn: its command line, and a server of one thread."""
