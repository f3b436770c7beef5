"""The type of what is shown in words."""

from django.utils.functional import Promise

Label = str | Promise
"""Words in the language of who reads them: translated already, or when they are shown."""
