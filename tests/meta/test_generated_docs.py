"""The generated documents on disk are what the code says."""

from pathlib import Path

import pytest

from anlan.processes.documents import DOCUMENTS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_current(name):
    assert (REFERENCE / name).read_text("utf-8") == DOCUMENTS[name](), "run `make docs`"
