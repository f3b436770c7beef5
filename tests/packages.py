"""Our packages: a test that looks through the code finds the next one by itself."""

from pathlib import Path

BASE = Path(__file__).resolve().parents[1]
_TOOLS = {"benchmarks", "tests"}
PACKAGES = tuple(
    sorted(one.parent.name for one in BASE.glob("*/__init__.py") if one.parent.name not in _TOOLS)
)
DOMAINS = tuple(one for one in PACKAGES if one != "dsp_platform")
