"""The platform's own small drawings: one file each in ``templates/pictures``, in the page's own colour."""

from django.conf import settings

PICTURES = frozenset(path.stem for path in (settings.BASE_DIR / "templates" / "pictures").glob("*.svg"))
