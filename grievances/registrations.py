"""The texts of grievances, told to the platform once the apps are ready."""

from dsp_platform.notifications.services import Recipient, register_text
from grievances import audit_words as audit_words
from grievances import chapters
from grievances.texts import TEXTS, TITLES

for name, render in TEXTS.items():
    register_text(name, render, recipient=Recipient.PROVED, title=TITLES.get(name))
chapters.wire()
