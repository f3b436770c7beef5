"""Names of the SVG drawings in ``templates/pictures``."""

from django.conf import settings

PICTURES = frozenset(path.stem for path in (settings.BASE_DIR / "templates" / "pictures").glob("*.svg"))
