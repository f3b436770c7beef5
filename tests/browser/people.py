"""The family of five that the journeys register, and helpers that fill in its forms."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

Answers = dict[str, str | bool | list[str]]


@dataclass(frozen=True)
class Member:
    family_name: str
    given_name: str
    sex: str
    born: tuple[str, str, str]
    relationship: str = ""
    document: tuple[str, str] = ("none", "")
    circumstances: dict[str, str] = field(default_factory=dict)
    difficulties: dict[str, str] = field(default_factory=dict)


SOKHA = Member(
    "ចាន់", "សុខា", "female", ("២៧", "៣", "១៩៨៥"), document=("identity_card", "០១០២០៣០៤៥"),
    circumstances={"difficulty": "none", "working": "yes", "pregnant": "no"},
)  # fmt: skip
FAMILY = [
    SOKHA,
    Member("កែវ", "វុទ្ធី", "male", ("2", "11", "1982"), "spouse", circumstances={"working": "yes"}),
    Member("កែវ", "ស្រីពៅ", "female", ("", "", "2012"), "child", circumstances={"studying": "yes"}),
    Member("កែវ", "បូរិន", "male", ("១", "៦", "២០២៦"), "child"),
    Member(
        "ចាន់",
        "យាយធំ",
        "female",
        ("", "", "1950"),
        "parent",
        circumstances={"difficulty": "some"},
        difficulties={"seeing": "3"},
    ),
]


def press(page: Page, text: str | None = None) -> None:
    """Press the page's main button, and wait for the next page."""
    button = page.locator("main form#main button.button, main form#main button[type=submit]")
    if text:
        button = page.get_by_role("button", name=text)
    with page.expect_navigation():
        button.first.click()
    assert page.locator(".summary").count() == 0, page.locator(".summary").inner_text()


def put(page: Page, name: str, value: str | bool | list[str]) -> None:
    """Give one answer, in whatever kind of field, once its page is loaded."""
    field = page.locator(f'[name="{name}"]')
    field.first.wait_for(state="attached")
    kind = field.first.evaluate("field => field.type")
    if isinstance(value, list):
        for one in value:
            page.check(f'[name="{name}"][value="{one}"]')
    elif value is True:
        field.check()
    elif kind == "radio":
        page.check(f'[name="{name}"][value="{value}"]')
    elif kind == "select-one":
        field.select_option(str(value))
    else:
        field.fill(str(value))


def tell(page: Page, answers: Answers) -> None:
    for name, value in answers.items():
        put(page, name, value)
    press(page)


def open_link(page: Page, text: str) -> None:
    """Follow a link, and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("link", name=text).first.click()


def tell_member(page: Page, member: Member, phone: str | None = None, named: bool = False) -> None:
    """``named``: the page with the name was answered already."""
    if not named:
        tell(page, {"family_name": member.family_name, "given_name": member.given_name})
    if member.relationship:
        tell(page, {"relationship": member.relationship})
    tell(page, {"sex": member.sex})
    tell(
        page, {f"born_{part}": text for part, text in zip(("day", "month", "year"), member.born, strict=True)}
    )
    tell(page, {"document_type": member.document[0], "document_number": member.document[1]})
    if phone is not None:
        tell(page, {"phone": phone})


def tell_roster(page: Page, members: list[Member], *, phone: str = "", **place: str) -> None:
    """At the counter: the village and a row for each member, on one page."""
    for name, value in place.items():
        put(page, name, value)
    for number, member in enumerate(members, 1):
        if number > 2:  # the page has rows for two
            page.get_by_role("button", name="រក្សាទុក និងបន្ថែម").click()
        answers = {
            "family_name": member.family_name,
            "given_name": member.given_name,
            "sex": member.sex,
            "born": "/".join(filter(None, member.born)),
            "document_type": member.document[0],
            "document_number": member.document[1],
            **({"phone": phone} if number == 1 else {"relationship": member.relationship}),
        }
        for name, value in answers.items():
            put(page, f"m{number}-{name}", value)
    press(page)


def tell_health(page: Page, members: list[Member]) -> None:
    """At the counter: who of them is concerned, and the difficulties of whoever has some."""
    yes = {"difficulty": "some"}
    groups = page.locator("fieldset:has([type=checkbox])")
    for group in groups.all():
        name = group.locator("input").first.get_attribute("name") or ""
        concerned = [one for one in members if one.circumstances.get(name) == yes.get(name, "yes")]
        for one in concerned:
            group.get_by_label(f"{one.family_name} {one.given_name}", exact=True).check()
        if not concerned:
            group.locator("[value=nobody]").check()
    press(page)
    for one in members:
        if one.difficulties:
            tell(page, dict(one.difficulties))


def tell_circumstances(page: Page, members: list[Member]) -> None:
    for member in members:
        if not page.url.endswith("/circumstances/"):
            return
        # A baby is not asked, so its page is skipped.
        if member.given_name == "បូរិន":
            continue
        tell(page, dict(member.circumstances))
        if member.difficulties:
            tell(page, dict(member.difficulties))
