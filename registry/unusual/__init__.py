"""Unusual actions of officials, found by rules, for stewards and auditors to look into.

A rule decides nothing, and its results are not stored: the page runs the query each time.
"""
