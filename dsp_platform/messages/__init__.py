"""The words of the interface: found in the code, kept in ``locale/``, checked, compiled.

Babel does the work of GNU gettext, whose programs need not be installed.
"""

from dsp_platform.messages.catalogue import compile_all, problems, update
from dsp_platform.messages.extraction import Found, extract

__all__ = ["Found", "compile_all", "extract", "problems", "update"]
