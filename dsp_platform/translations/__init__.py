"""The texts of the interface: extracted from the code, stored in ``locale/``, checked, compiled.

Uses Babel, so that the programs of GNU gettext need not be installed.
"""
