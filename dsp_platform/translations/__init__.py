"""The words of the interface: found in the code, kept in ``locale/``, checked, compiled.

Babel does the work of GNU gettext, whose programs need not be installed.
"""
