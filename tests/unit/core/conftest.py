"""The core's fixtures."""

from tests.support.core_fixtures import core

__all__ = ["core"]
