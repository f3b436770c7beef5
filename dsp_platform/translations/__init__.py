"""Extracts, checks and compiles the translations in ``locale/``.

By Babel: the programs of GNU gettext need not be installed.
"""
