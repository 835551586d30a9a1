"""Every case of the decision table comes out as it says, through the whole pipeline."""

import pytest

from tests.decisions.case import Case, cases
from tests.decisions.way import differences

CASES = cases()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_as_the_table_says(case: Case) -> None:
    assert differences(case) == []
