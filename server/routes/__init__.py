"""One module a noun; each holds a FastAPI router."""
