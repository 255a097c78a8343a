"""The API of the register: one router, filled by the modules of this package."""

from anlan.register.endpoints import changes, enterprises, objects
from anlan.register.endpoints.routing import router

__all__ = ["changes", "enterprises", "objects", "router"]
