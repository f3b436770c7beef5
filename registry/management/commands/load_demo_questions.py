"""Questions of two programmes of the demonstration, published by its two stewards. Safe to run again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.approval.services import approve
from registry.models import Programme, ProgrammeQuestion, QuestionsVersion
from registry.programmes.questions.services import propose_questions, save_question, with_codes

STEWARDS = ("steward.one", "steward.two")
LIVING = {
    "kind": "one",
    "title_km": "តើគ្រួសាររកចំណូលជាចម្បងពីអ្វី?",
    "title_en": "What does the household mainly live on?",
    "choices": with_codes(
        ["ដាំដុះ ឬចិញ្ចឹមសត្វ", "នេសាទ", "ប្រាក់ឈ្នួល ឬប្រាក់ខែ", "លក់ដូរ", "ជំនួយពីអ្នកដទៃ"],
        ["Farming", "Fishing", "Wages", "Trade", "Help from others"],
        [],
    ),
}
SCHOOL = {
    "kind": "yes_no",
    "title_km": "តើមានកូនក្នុងគ្រួសារកំពុងរៀនទេ?",
    "title_en": "Does a child of the household go to school?",
    "condition": "children_under_18 >= 1",
}
NAME = {
    "kind": "text",
    "title_km": "តើសាលាឈ្មោះអ្វី?",
    "title_en": "What is the name of the school?",
    "hint_km": "បើរៀនសាលាខុសគ្នា សូមសរសេរទាំងអស់។",
    "hint_en": "If they go to different schools, write all of them.",
}
BOOK = {
    "kind": "file",
    "title_km": "រូបថតសៀវភៅតាមដានការសិក្សា",
    "title_en": "Photo of the school record",
    "is_required": False,
}
SINCE = {
    "kind": "date",
    "title_km": "តើធ្វើការងារបច្ចុប្បន្នតាំងពីពេលណា?",
    "title_en": "Since when do you do your present work?",
    "hint_km": "បើចាំតែឆ្នាំ សូមសរសេរតែឆ្នាំ។",
    "hint_en": "If you only remember the year, write the year alone.",
    "dates": "past",
    "condition": "working == true",
}
INCOME = {
    "kind": "number",
    "title_km": "តើអ្នករកបានប្រហែលប៉ុន្មានរៀលក្នុងមួយខែ?",
    "title_en": "About how many riel do you earn in a month?",
    "least": 0,
    "most": 100_000_000,
    "may_leave": True,
}


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These questions are made up: not in production.")
        stewards = [User.objects.filter(username=name).first() for name in STEWARDS]
        first, second = stewards
        if first is None or second is None:
            raise CommandError("Run load_demo_staff first: its stewards publish these questions.")
        if QuestionsVersion.objects.exists():
            return
        with transaction.atomic():
            shared = save_question(question=ProgrammeQuestion(**LIVING), actor=first)
            family = self._programme("family-package")
            self._write(family, first, {"shared": shared})
            school = self._write(family, first, SCHOOL)
            name = self._write(family, first, {**NAME, "condition": f"q{school.pk} == true"})
            self._write(family, first, {**BOOK, "condition": name.condition})
            health = self._programme("nssf-voluntary-health")
            self._write(health, first, {"shared": shared})
            self._write(health, first, SINCE)
            self._write(health, first, INCOME)
            for programme in (family, health):
                proposal = propose_questions(programme=programme, actor=first, reason="បង្ហាញ")
                approve(proposal=proposal, actor=second, digest=proposal.digest)

    def _programme(self, code: str) -> Programme:
        return Programme.objects.get(code=code)

    def _write(self, programme: Programme, actor: User, values: dict[str, Any]) -> ProgrammeQuestion:
        return save_question(question=ProgrammeQuestion(programme=programme, **values), actor=actor)
