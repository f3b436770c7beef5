"""The platform's own icons: one SVG file each in ``templates/pictures``, in the colour of the text."""

from django.conf import settings

PICTURES = frozenset(path.stem for path in (settings.BASE_DIR / "templates" / "pictures").glob("*.svg"))
