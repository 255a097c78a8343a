"""The API of all slices, mounted at ``/api/v1/``; what is asked for most comes first."""

from anlan.desk.endpoints import router as desk
from anlan.desk.rule_endpoints import router as rules
from anlan.files.endpoints import router as files
from anlan.hidden_dangers.endpoints import router as hidden_dangers
from anlan.http.api import build_api
from anlan.inspections.endpoints import router as inspections
from anlan.jobs.endpoints import router as jobs
from anlan.organisations.endpoints import router as organisations
from anlan.oversight.endpoints import router as oversight
from anlan.proofs.endpoints import router as proofs
from anlan.register.endpoints import router as register
from anlan.register.endpoints.grids import router as grids
from anlan.safeguards.endpoints import router as safeguards
from anlan.sheets.endpoints import router as sheets
from anlan.supervision.endpoints import router as supervision
from anlan.supervision.signed_endpoints import router as signed_lists
from anlan.territory.endpoints import router as territory

api = build_api(
    ("", router)
    for router in (
        hidden_dangers,
        inspections,
        territory,
        organisations,
        register,
        grids,
        supervision,
        signed_lists,
        safeguards,
        files,
        jobs,
        sheets,
        desk,
        rules,
        oversight,
        proofs,
    )
)
