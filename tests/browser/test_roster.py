"""The roster at the counter: a family of five, counted, and the same without scripts."""

from registry.models import Household, Person
from tests.browser.conftest import LAPTOP, PASSWORD, PHONE, second_factor
from tests.browser.hand import Hand
from tests.browser.people import FAMILY, press, put, tell, tell_health, tell_roster

MOST_PAGES, MOST_CLICKS, MOST_KEYS = 12, 30, 120
AGREED = ("idpoor", "family_package", "disability")


def sign_in(page):
    name = "clerk.banteay"
    tell(page, {"username": name, "password": PASSWORD, "otp_token": second_factor(name)})


def choose(hand, name, *labels):
    """Of a group of names: those of these persons."""
    group = hand.page.locator(f"fieldset:has([name='{name}'])")
    for label in labels:
        group.get_by_label(label, exact=True).click()
        hand.clicks += 1


def write_rows(hand):
    """Of five members, from the surname of the head on."""
    page = hand.page
    hand.type("ចាន់")
    hand.press("Tab")
    hand.type("សុខា")
    hand.press("Tab", "s")
    hand.type("27031985")
    hand.press("Tab", "a")
    hand.type("០១០២០៣០៤៥")
    hand.press("Tab")
    hand.type("012345678")
    hand.press("Enter")
    hand.type("កែវ")
    hand.press("Tab")
    hand.type("វុទ្ធី")
    hand.press("Tab", "h", "b")
    hand.type("02111982")
    assert "44" in page.locator("#m2 [data-age-of]").inner_text()
    hand.press("Enter", "ArrowDown")
    hand.type("ស្រីពៅ")
    hand.press("Tab", "k", "s")
    hand.type("2012")
    hand.press("Enter", "ArrowDown")
    hand.type("បូរិន")
    hand.press("Tab", "k", "b")
    hand.type("01062026")
    hand.press("Enter", "ArrowUp")
    hand.type("យាយធំ")
    hand.press("Tab", "m", "s")
    hand.type("1950")
    assert page.input_value("[name=m4-family_name]") == "កែវ"
    assert page.input_value("[name=m5-family_name]") == "ចាន់"


def test_count_family_of_five(world, open_page):
    page = open_page("/km/counter/", LAPTOP)
    sign_in(page)
    hand = Hand(page)

    # Search first: nobody is found. Then the reason, and the consent to be helped.
    page.focus("[name=query]")
    hand.type("ចាន់ សុខា")
    hand.enter()
    with page.expect_navigation():
        hand.click("button[name=new]")
    hand.click("[name=agree]")
    hand.go_on()

    # The consents, read out once.
    for operator in AGREED:
        hand.click(f"[name=operators][value={operator}]")
    hand.click("[name=agree]")
    hand.go_on()

    # The household: the village, then row by row without the mouse.
    assert page.url.endswith("/km/register/household/")
    page.select_option("[name=village_code]", "01020101")
    hand.clicks += 2
    hand.click("[name=m1-family_name]")
    write_rows(hand)
    hand.go_on("[data-continue]")

    # Health by exception, then the six questions of the grandmother alone.
    assert page.url.endswith("/km/register/health/")
    choose(hand, "difficulty", "ចាន់ យាយធំ")
    choose(hand, "pregnant", "គ្មាននរណាទេ")
    choose(hand, "studying", "កែវ ស្រីពៅ")
    choose(hand, "working", "ចាន់ សុខា", "កែវ វុទ្ធី")
    hand.go_on()
    assert page.url.endswith("/km/register/member/5/difficulties/")
    for number, name in enumerate(
        ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
    ):
        hand.click(f"[name={name}][value='{1 if number else 3}']")
    hand.go_on()
    assert page.url.endswith("/km/register/check/")
    hand.go_on()
    assert page.url.endswith("/km/registered/")

    print(f"pages {hand.pages} clicks {hand.clicks} keys {hand.keys}")
    assert hand.pages <= MOST_PAGES
    assert hand.clicks <= MOST_CLICKS
    assert hand.keys <= MOST_KEYS
    persons = {one.given_name: one for one in Person.objects.all()}
    assert Household.objects.get().memberships.count() == len(persons) == 5
    grandmother, baby = persons["យាយធំ"], persons["បូរិន"]
    assert (grandmother.seeing, grandmother.hearing, grandmother.studying) == (3, 1, None)
    assert (persons["សុខា"].hearing, persons["សុខា"].pregnant, persons["សុខា"].working) == (1, False, True)
    assert (baby.seeing, baby.working) == (None, None)


def test_count_family_of_five_by_keyboard_alone(world, open_page):
    page = open_page("/km/counter/", LAPTOP)
    sign_in(page)
    hand = Hand(page)
    hand.type("ចាន់ សុខា")
    hand.enter()
    hand.tab_to("[name=new]")
    hand.enter()
    assert page.evaluate("document.activeElement.name") == "agree"
    hand.press("Space")
    hand.enter()

    assert page.evaluate("document.activeElement.name") == "operators"
    for operator in AGREED:
        label = page.locator(f"label:has([name=operators][value={operator}])")
        hand.press(label.get_attribute("data-key"))
    hand.press("ArrowDown", "Space")
    hand.enter()

    assert page.evaluate("document.activeElement.name") == "village_code"
    hand.press("ArrowDown", "Enter")
    assert page.evaluate("document.activeElement.name") == "m1-family_name"
    write_rows(hand)
    with page.expect_navigation():
        hand.press("Control+Enter")

    assert page.evaluate("document.activeElement.name") == "difficulty"
    hand.press("4", "ArrowDown", "0", "1", "ArrowDown", "1", "2")
    hand.enter()
    hand.press("3", "1", "1", "1", "1", "1")
    hand.enter()
    assert page.url.endswith("/km/register/check/")
    with page.expect_navigation():
        hand.press("Control+Enter")
    assert page.url.endswith("/km/registered/")

    print(f"pages {hand.pages} clicks {hand.clicks} keys {hand.keys}")
    assert hand.pages <= MOST_PAGES
    assert hand.clicks == 0
    assert hand.keys <= MOST_KEYS + MOST_CLICKS
    persons = {one.given_name: one for one in Person.objects.all()}
    assert Household.objects.get().memberships.count() == len(persons) == 5
    assert (persons["យាយធំ"].seeing, persons["យាយធំ"].hearing) == (3, 1)
    assert (persons["សុខា"].working, persons["វុទ្ធី"].working, persons["សុខា"].pregnant) == (True, True, False)
    assert (persons["ស្រីពៅ"].studying, persons["បូរិន"].studying) == (True, None)


def test_without_scripts_the_rows_are_added_and_saved_by_buttons(world, open_page):
    page = open_page("/km/counter/", PHONE, scripts=False)
    sign_in(page)
    put(page, "query", "ចាន់ សុខា")
    for button in ("ស្វែងរក", "ចុះបញ្ជីគ្រួសារថ្មី"):
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
    tell(page, {"agree": True})
    tell(page, {"agree": True})
    put(page, "m2-given_name", "វុទ្ធី")
    with page.expect_navigation():
        page.locator("form#main button.button").first.click()
    link = page.locator(".summary a").first
    assert page.locator(link.get_attribute("href")).count() == 1
    tell_roster(page, FAMILY[:3], village_code="01020101")
    tell_health(page, FAMILY[:3])
    press(page)
    assert Household.objects.get().memberships.count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
