"""What the exchange registers with the packages below it. Loaded once the apps are ready."""

from dsp_platform.accounts.staff.scopes import register_scope
from dsp_platform.exchange.ledger.selectors import is_operator, operator_names, operators_found_by

register_scope("operator_code", is_operator, operators_found_by, operator_names)
