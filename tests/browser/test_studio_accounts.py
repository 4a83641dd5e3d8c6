"""Accounts in a real browser: people side by side who see only their own, keys, the first admin, coming back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect
from shown import choose, expect_done, kept, photo, pick

from safelight.accounts.password import Passwords
from safelight.accounts.role import Role
from safelight.service import Service
from service_process import ServiceProcess

pytestmark = pytest.mark.weights
Opens = Callable[..., Page]

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
PASSWORD = "correct horse battery"
LINK = re.compile(r"http://\S+/welcome#[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A service with accounts."""

    running: ServiceProcess
    """Its processes."""
    tables: Service
    """What is in its database, past its doors."""

    @property
    def url(self) -> str:
        """Where it is."""
        return self.running.url


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path) -> Iterator[House]:
    """A service with an admin, an operator and two users."""
    data = tmp_path_factory.mktemp("house")
    with ServiceProcess(
        data, factory="safelight.toolbox:toolbox", models_dir=str(weights_dir), accounts="1"
    ) as running:
        tables, hashed = Service(running.settings), Passwords().hashed(PASSWORD)
        for name, role in (("root", Role.ADMIN), ("olga", Role.OPERATOR), ("anna", Role.USER), ("boris", Role.USER)):
            tables.users.add(name, role, hashed)
        yield House(running=running, tables=tables)
        tables.store.close()


@pytest.fixture
def enter(open_page: Opens, house: House) -> Opens:
    """Opens a page as somebody who signs in first."""

    def entered(name: str, path: str = "/", **how: object) -> Page:
        page = open_page(path, url=house.url, **how)
        sign_in(page, name)
        expect(page.locator("nav")).to_be_visible()
        return page

    return entered


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the form that stands in place of every page."""
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator("form button[type=submit]").click()


def test_the_first_admin_comes_by_the_link_that_the_console_tells(
    open_page: Opens, tmp_path: Path, weights_dir: Path
) -> None:
    with ServiceProcess(tmp_path / "new", models_dir=str(weights_dir), accounts="1") as new:
        link = LINK.search("\n".join(new.lines()))
        assert link is not None, new.tail()
        path = link[0].removeprefix(new.url)
        page = open_page(path, url=new.url)
        page.get_by_label("Name").fill("Root")
        page.get_by_label("Password", exact=True).fill("short")
        expect(page.get_by_text("5 characters more.")).to_be_visible()
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_text("A password has 10 characters at least")).to_be_visible()
        page.get_by_label("Password", exact=True).fill("a password of the first admin")
        expect(page.get_by_text("Very good length.")).to_be_visible()
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("heading", name="Studio")).to_be_visible()
        page.goto(f"{new.url}/users")
        expect(page.get_by_role("heading", name="root")).to_be_visible()
        # It worked once.
        other = open_page(path, url=new.url)
        expect(other.get_by_role("heading", name="This link does not work any more")).to_be_visible()


def test_two_people_side_by_side_see_only_their_own(enter: Opens, house: House, tmp_path: Path) -> None:
    anna, boris = enter("anna"), enter("boris")
    for page, name, seed in ((anna, "hers.png", 1), (boris, "his.png", 2)):
        choose(page, "Cartoon")
        pick(page, [photo(tmp_path / name, seed)])
    for page, own, foreign in ((anna, "hers.png", "his.png"), (boris, "his.png", "hers.png")):
        expect_done(page, own)
        expect(page.get_by_text(foreign)).to_have_count(0)
        page.goto(f"{house.url}/history")
        expect(page.get_by_text(own).first).to_be_visible()
        expect(page.get_by_text(foreign)).to_have_count(0)
        page.goto(f"{house.url}/batches")
        expect(page.locator("main a[href^='/batches/']").first).to_be_visible()
        page.goto(f"{house.url}/datasets")
        page.get_by_role("button", name="New dataset").first.click()
        page.get_by_role("dialog").get_by_label("Name").fill(f"of {own}")
        page.get_by_role("dialog").get_by_role("button", name="Make it").click()
        page.wait_for_url("**/datasets/*")
    tasks = {one.owner: one.id for one in (house.tables.tasks.find(None, it) for it in ids_of(anna, boris))}
    assert set(tasks) == {"anna", "boris"}
    for page, own, foreign in ((anna, "hers.png", "his.png"), (boris, "his.png", "hers.png")):
        page.goto(f"{house.url}/datasets")
        expect(page.get_by_text(f"of {own}")).to_be_visible()
        expect(page.get_by_text(f"of {foreign}")).to_have_count(0)
    # Whoever knows an address of somebody else finds nothing there.
    boris.goto(f"{house.url}/photos/{tasks['anna']}")
    expect(boris.get_by_text("hers.png")).to_have_count(0)
    expect(boris.get_by_text("This photo is not here")).to_be_visible()


def ids_of(*pages: Page) -> list[str]:
    """The tasks that pages are told of."""
    told = "async () => (await (await fetch('/api/v1/tasks')).json()).tasks.map(one => one.task_id)"
    return [one for page in pages for one in page.evaluate(told)]


def test_a_user_is_not_offered_what_is_the_houses(enter: Opens, house: House) -> None:
    page = enter("anna", "/monitor")
    pause = page.get_by_role("button", name="Pause the queue")
    expect(pause).to_have_attribute("aria-disabled", "true")
    pause.hover()
    expect(page.get_by_text("Only operators and admins may do this.").first).to_be_visible()
    page.goto(f"{house.url}/settings")
    expect(page.get_by_text("You are signed in as anna.")).to_be_visible()
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
    for path in ("/users", "/audit"):
        page.goto(house.url + path)
        expect(page.get_by_text("This is for admins")).to_be_visible()
    other = enter("olga", "/monitor")
    expect(other.get_by_role("button", name="Pause the queue")).not_to_have_attribute("aria-disabled", "true")


def test_a_key_that_is_made_on_the_page_works_until_it_is_revoked(enter: Opens, house: House) -> None:
    page = enter("anna", "/account")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is it for?").fill("a script")
    dialog.get_by_role("button", name="Make a key").click()
    key = dialog.get_by_label("Key", exact=True).input_value()
    dialog.get_by_role("button", name="I have kept it").click()
    shown = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=f"{house.url}/api/v1", headers=shown, timeout=60) as program:
        assert program.get("/tasks").status_code == 200
        assert program.get("/datasets").status_code == 403
        page.reload()
        expect(page.get_by_role("heading", name="a script")).to_be_visible()
        expect(page.get_by_text(re.compile("used "))).to_be_visible()
        assert key.rsplit("_", 1)[1] not in page.content()
        page.get_by_role("button", name="Revoke a script").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("None yet.")).to_be_visible()
        assert program.get("/tasks").status_code == 401


def test_who_is_signed_out_in_the_middle_comes_back_to_what_is_on_the_table(
    enter: Opens, house: House, tmp_path: Path
) -> None:
    page = enter("anna", "/?")
    choose(page, "Cartoon")
    page.route("**/api/v1/photos", lambda route: route.abort())
    pick(page, [photo(tmp_path / "held.png", 5)])
    expect(page.get_by_role("article", name="held.png")).to_be_visible()
    house.tables.sessions.end_others("anna", "")
    expect(page.locator("input[name=password]")).to_be_visible()
    assert kept(page) == 1
    page.unroute("**/api/v1/photos")
    # Somebody else at the same browser neither sees nor sends it.
    sign_in(page, "boris")
    expect(page.get_by_role("heading", name="Studio")).to_be_visible()
    page.wait_for_timeout(2000)
    expect(page.get_by_role("article", name="held.png")).to_have_count(0)
    assert kept(page) == 1
    page.goto(f"{house.url}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, "anna")
    expect(page.get_by_role("heading", name="anna")).to_be_visible()
    page.goto(house.url)
    expect_done(page, "held.png")
    assert {one.owner for one in (house.tables.tasks.find(None, it) for it in ids_of(page))} == {"anna"}


def test_one_comes_to_where_one_wanted_to_go(open_page: Opens, house: House) -> None:
    page = open_page("/history?q=cat", url=house.url)
    sign_in(page, "anna", "not her password")
    expect(page.get_by_text("Name or password is wrong", exact=False)).to_be_visible()
    sign_in(page, "anna")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    assert page.url == f"{house.url}/history?q=cat"


def test_an_admin_invites_somebody_and_reads_what_was_done(enter: Opens, open_page: Opens, house: House) -> None:
    admin = enter("root", "/users")
    admin.get_by_role("button", name="Add a user").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Clara")
    dialog.get_by_role("button", name="Add and make the link").click()
    link = dialog.get_by_label("Link", exact=True).input_value()
    dialog.get_by_role("button", name="Done").click()
    expect(admin.get_by_text("has chosen no password yet", exact=False)).to_be_visible()
    clara = open_page(link.removeprefix(house.url), url=house.url)
    clara.get_by_label("Password", exact=True).fill("the password of clara")
    clara.get_by_role("button", name="Use this password").click()
    expect(clara.get_by_role("heading", name="Studio")).to_be_visible()
    admin.get_by_role("button", name="More for clara").click()
    admin.get_by_role("menuitem", name="Disable").click()
    admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(admin.get_by_text("clara is disabled.", exact=True)).to_be_visible()
    expect(clara.locator("input[name=password]")).to_be_visible()
    admin.goto(f"{house.url}/audit")
    expect(admin.get_by_text("clara used a link").first).to_be_visible()
    expect(admin.get_by_text("root changed a user").first).to_be_visible()
    admin.get_by_label("What").select_option("user_added")
    expect(admin.get_by_text("root added a user")).to_be_visible()
    expect(admin.get_by_text("changed a user")).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_axe_finds_nothing_serious_and_a_phone_is_wide_enough(
    enter: Opens, open_page: Opens, house: House, theme: str, language: str
) -> None:
    how = {"color_scheme": theme, "locale": language, "viewport": PHONE, "reduced_motion": "reduce"}
    stranger = open_page("/", url=house.url, **how)
    heading = {"en-US": "Sign in", "zh-CN": "登录"}[language]
    expect(stranger.get_by_role("heading", name=heading)).to_be_visible()
    expect_fair(stranger)
    code, _ = house.tables.invites.make(Role.USER)
    stranger.goto(f"{house.url}/welcome#{code}")
    expect(stranger.locator("input[name=new-password]")).to_be_visible()
    expect_fair(stranger)
    page = enter("root", "/account", **how)
    for path in ("/account", "/users", "/audit", "/settings"):
        page.goto(house.url + path)
        expect(page.locator("main h2, main h3, main li").first).to_be_visible()
        expect(page.locator("main .animate-pulse")).to_have_count(0)
        expect_fair(page)
    page.goto(f"{house.url}/account")
    page.get_by_role("button", name={"en-US": "Make a key", "zh-CN": "创建密钥"}[language]).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect_fair(page)


def expect_fair(page: Page) -> None:
    """Look for what keeps somebody out, and for what is wider than the page."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:200])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == [], page.url
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], page.url
