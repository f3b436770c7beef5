"""The three kinds of casework as one cast: an item of each, who decides it and on which pages."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation

from applications import services as applications
from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import Assignment
from grievances import services as grievances
from registry.changes import services as changes
from tests.applications.helpers import sign_in
from tests.registry.changes.cast import decide as decide_change


@dataclass
class Case:
    """An item of one kind of casework, and who has to do with it."""

    assignment: Assignment[Any]
    item: Any
    first: User
    second: User
    stranger: User
    page: str
    lists: tuple[str, ...]

    def url(self, language: str = "en") -> str:
        return address(
            self.page,
            self.item.reference if self.page.startswith("registry") else self.item.pk,
            language=language,
        )

    def press(self, user: User, button: str, language: str = "en", **more: Any) -> Any:
        return sign_in(user).post(self.url(language), {"assignment": button, **more}, follow=True)

    def assignee(self) -> User | None:
        self.item.refresh_from_db()
        return self.item.assignee

    def decide(self, actor: User) -> None:
        self.item.refresh_from_db()
        version = self.item.version
        match self.assignment:
            case applications.assignment:
                applications.decide(
                    application=self.item, decision="approve", actor=actor, expected_version=version
                )
            case grievances.assignment:
                grievances.handle_grievance(
                    grievance=self.item, step="resolve", actor=actor, expected_version=version, note="ចម្លើយ"
                )
            case changes.assignment:
                decide_change(self.item, actor, "refuse", "ទេ")


def address(name: str, *arguments: object, language: str) -> str:
    with translation.override(language):
        return reverse(name, args=arguments)
