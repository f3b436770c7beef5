"""A citizen answers a programme on a small phone, in Khmer and without scripts; the reviewer reads it."""

import pytest

from applications.models import Application
from dsp_platform.uploads.models import Upload
from registry.models import Programme
from registry.registration.services import register_household
from tests.applications.helpers import APPLICATION_FIELDS, PERSON_FIELDS, agreement, details, sign_in
from tests.browser.conftest import LAPTOP, PHONE
from tests.registry.programmes.questions.cast import house_and_rent, publish, write
from tests.roles import as_owner
from tests.uploads.conftest import jpeg


@pytest.fixture
def asks(
    transactional_db, areas, operators, sokha, steward, second_steward, nssf_reviewer, settings, tmp_path
):
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    for kind, fields in (("person", PERSON_FIELDS), ("application", APPLICATION_FIELDS)):
        agreement(operators["nssf"], kind, fields)
    register_household(actor=sokha, details=details())
    with as_owner():
        programme = Programme.objects.create(
            code="health",
            operator=operators["nssf"],
            name_km="ការធានារ៉ាប់រងសុខភាព",
            name_en="Health",
            state="open",
        )
    house_and_rent(programme, steward)
    write(programme, steward, kind="file", title_km="រូបថតផ្ទះ", title_en="Photo of the house")
    publish(programme, steward, second_steward)
    return programme


def enter(open_page, user, path, viewport, *, scripts):
    page = open_page("/healthz", viewport, scripts=scripts)
    server = page.url.removesuffix("/healthz")
    session = sign_in(user).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "url": server}])
    page.goto(server + path)
    return page


def go_on(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_navigation():
        page.locator("main form .actions button.button").click()


def test_a_citizen_answers_and_the_reviewer_reads_it(asks, open_page, sokha, nssf_reviewer):
    page = enter(open_page, sokha, "/km/apply/health/", PHONE, scripts=False)
    page.get_by_role("link", name="បន្ត", exact=True).click()
    assert page.inner_text("h1").endswith("ផ្ទះរបស់អ្នកណា?")
    go_on(page)
    assert page.title().startswith("កំហុស")
    page.get_by_label("ជួល").check()
    go_on(page)
    page.get_by_role("textbox").fill("២០០០០០")
    go_on(page)
    photo = {"name": "house.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    page.set_input_files("input[type=file]", [photo])
    go_on(page)
    shown = page.inner_text("#answers")
    assert "ជួល" in shown
    assert "200000" in shown
    page.get_by_label("ខ្ញុំយល់ព្រម").check()
    go_on(page)
    application = Application.objects.get()
    assert application.reference in page.url
    assert Upload.objects.get().subject_key == str(application.pk)
    desk = enter(
        open_page, nssf_reviewer, f"/km/admin/applications/application/{application.pk}/decide/", LAPTOP,
        scripts=False,
    )  # fmt: skip
    read = desk.inner_text("#content")
    assert "ផ្ទះរបស់អ្នកណា?" in read
    assert "200000" in read
