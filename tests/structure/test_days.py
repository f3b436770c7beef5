"""A day is a day in Phnom Penh.

Between midnight there and midnight in London a moment has two dates, and that of the database is the wrong
one.
"""

import ast
import re

from tests.packages import PACKAGES
from tests.structure.test_imports import name_of, sources, tree

CAST = re.compile(r"(?P<before>.{0,40})::date\b", re.DOTALL)


def test_sql_names_the_zone_of_every_day():
    bare = [
        f"{name_of(path)}: {found['before'].strip()}::date"
        for path in sources(*PACKAGES)
        for found in CAST.finditer(path.read_text())
        if not re.search(r"AT TIME ZONE ('[\w/]+'|%\(zone\)s)\)$", found["before"])
    ]
    assert not bare


def test_python_asks_for_the_local_day():
    """``localdate`` knows the time zone; ``.date()`` uses the one in which the datetime happens to be
    expressed.
    """
    bare = [
        f"{name_of(path)}:{call.lineno}"
        for path in sources(*PACKAGES)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and not call.args
        and (call.func.attr == "date" or ast.unparse(call.func) in ("date.today", "datetime.utcnow"))
        and "ZoneInfo" not in ast.unparse(call)
    ]
    assert not bare
