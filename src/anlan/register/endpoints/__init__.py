"""The API of the register: one router, filled by the modules of this package."""

from anlan.register.endpoints import changes, enterprises, licences, merging, objects, tags
from anlan.register.endpoints.routing import router

__all__ = ["changes", "enterprises", "licences", "merging", "objects", "router", "tags"]
