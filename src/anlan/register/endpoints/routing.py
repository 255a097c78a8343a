"""The router that the modules of this package fill."""

from ninja import Router

router = Router(tags=["企业和场所"])
