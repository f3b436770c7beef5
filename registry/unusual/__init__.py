"""Acts of officials that stand out, each with the rule that found it: for stewards and auditors to look into.

Nothing is decided by a rule, and nothing is kept of it: each look asks the rows as they are.
"""
