"""The rules that hold landhub's architecture, each a function from a working tree's root to its findings."""

from collections.abc import Callable
from pathlib import Path

from tests.architecture.rules import code, contract, shape

RULES: tuple[Callable[[Path], list[str]], ...] = (
    code.layers_are_kept,
    code.functions_and_files_are_short,
    code.time_and_randomness_are_injected,
    code.providers_hold_only_the_wire,
    code.modules_keep_no_state,
    shape.modules_have_their_shape,
    shape.modules_have_one_name,
    shape.documents_lead_somewhere,
    shape.decisions_have_a_number_each,
    shape.released_contract_is_in_the_changelog,
    contract.methods_say_how_safe_they_are,
    contract.changing_requests_can_be_repeated_and_traced,
    contract.personal_fields_are_marked,
    contract.reasons_are_in_the_contract,
)
