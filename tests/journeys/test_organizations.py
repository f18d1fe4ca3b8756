"""An affiliation is suggested while somebody types, in a real browser."""

import io
import json
import re

import pytest
from builders_people import make_account

from solicit.people.service.organizations import replace_organizations
from solicit.people.service.ror_dump import organizations_in

PASSWORD = "seven small orbits around one lamp"
CAMBRIDGE = {
    "id": "https://ror.org/013meh722",
    "names": [{"value": "University of Cambridge", "types": ["ror_display"]}],
    "locations": [{"geonames_details": {"country_code": "GB"}}],
    "status": "active",
}

pytestmark = pytest.mark.browser


def test_affiliation_is_suggested_and_identified(make_site, in_site, open_browser):
    site = make_site()
    with in_site(site) as session:
        make_account(session, password=PASSWORD, email="ada@example.org", full_name="Ada")
        replace_organizations(session, organizations=organizations_in(io.StringIO(json.dumps([CAMBRIDGE]))))
        session.commit()
    site.start()
    page = open_browser(base_url=site.url)
    page.goto("/en/sign-in")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r".*/(?!en/sign-in).*"))
    page.goto("/en/account")
    affiliation = page.get_by_label("Affiliation")
    affiliation.press_sequentially("cambr")
    page.locator("#organizations option[data-ror='013meh722']").wait_for(state="attached")
    assert affiliation.get_attribute("list") == "organizations"
    affiliation.fill("University of Cambridge")
    identifier = page.locator("[name=ror]")
    if identifier.count():
        assert identifier.input_value() == "013meh722"
        affiliation.fill("University of Cam")
        assert identifier.input_value() == ""
        identifier.fill("https://ror.org/013meh722")
        affiliation.fill("Cambridge")
        assert identifier.input_value() == "https://ror.org/013meh722"
