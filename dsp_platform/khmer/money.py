"""Amounts of riel, as official papers write them: grouped by comma, no decimals, sign last."""


def format_riel(amount: int) -> str:
    return f"{amount:,} ៛"
