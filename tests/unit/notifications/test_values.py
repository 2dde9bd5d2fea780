"""The values of a template as they come in: what JSON has no number for is refused by field."""

import pytest
from google.protobuf.struct_pb2 import Struct, Value

from hub.core.errors import InvalidRequestError
from hub.modules.notifications.wire import read_values


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused_by_field(number: float) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_values(Struct(fields={"amount": Value(number_value=number)}))
    assert [violation.field for violation in caught.value.violations] == ["values"]


def test_what_json_has_is_taken_and_an_empty_value_is_none() -> None:
    values = Struct(fields={"name": Value(string_value="Иван"), "amount": Value(number_value=5), "empty": Value()})
    assert read_values(values) == {"name": "Иван", "amount": 5, "empty": None}
