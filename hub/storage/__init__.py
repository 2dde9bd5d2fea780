"""Keeps what the core's ports ask for, on SQLAlchemy: SQLite by default."""
