"""The desk's pages. Sync handlers: FastAPI runs them in threads, where the database may be waited for."""
