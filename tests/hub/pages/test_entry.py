"""Signing in: one answer for every wrong try, waits that survive a restart, sessions that end, forms that are ours."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from covidstation.hub.rows import HubAttemptRow, HubAuditRow, HubSessionRow
from covidstation.hub.staff import attempts, users
from covidstation.hub.staff.rights import HubRole
from covidstation.hub.staff.sessions import form_token, is_form_token
from covidstation.hub.web.app import make_app
from covidstation.hub.web.pages import routes
from tests.hub.pages.browser import Browser, TestClient, words
from tests.hub.pages.town import NOW, phrase

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"
WAIT = "Đã gõ sai nhiều lần"
ADMIN, DATA = HubRole.ADMIN, HubRole.DATA


def rows(hub, kind):
    with hub.db.read() as session:
        return list(session.scalars(select(kind)))


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(browse):
    answer = browse().sign_in("admin", phrase(ADMIN))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-covidstation=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie and "Domain" not in cookie


def test_without_tls_the_cookie_is_still_strict(browse):
    cookie = browse(base="http://huyen.test").sign_in("admin", phrase(ADMIN)).headers["set-cookie"]
    assert cookie.startswith("covidstation=") and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert "Secure" not in cookie


def test_a_wrong_name_a_wrong_passphrase_and_a_disabled_user_get_one_answer(browse, hub):
    with hub.db.read() as session:
        data = next(one for one in users.users(session) if one.role is DATA)
    users.disable_user(hub, data.id, by="program", now=NOW)
    texts = set()
    for login, passphrase in (("nobody", "gì cũng được"), ("admin", "không phải câu ấy"), ("data", phrase(DATA))):
        answer = browse().sign_in(login, passphrase)
        assert answer.status_code == 422
        texts.add(words(answer))
    assert len(texts) == 1 and WRONG in texts.pop()


def test_only_a_hash_of_the_token_is_kept(browse, hub):
    browser = browse(ADMIN)
    token = browser.client.cookies["__Host-covidstation"]
    held = rows(hub, HubSessionRow)
    assert len(held) == 1 and token.encode() not in held[0].token and len(held[0].token) == 32


def test_a_session_that_was_there_before_is_not_the_one_after(browse, hub):
    browser = browse(ADMIN)
    first = browser.client.cookies["__Host-covidstation"]
    browser.sign_in("admin", phrase(ADMIN))
    second = browser.client.cookies["__Host-covidstation"]
    assert first != second and len(rows(hub, HubSessionRow)) == 1
    planted = {"Cookie": f"__Host-covidstation={'A' * 43}"}
    card = browse()
    answer = card.post("/login", {"login": "admin", "passphrase": phrase(ADMIN)}, page="/login", headers=planted)
    assert "A" * 43 not in answer.headers.get("set-cookie", "")
    assert browse().client.get("/", headers={"Cookie": f"__Host-covidstation={'A' * 43}"}).status_code == 303


def test_five_wrong_ones_are_free_then_each_waits_longer(browse, clock):
    browser = browse()
    for _try in range(5):
        assert WRONG in browser.sign_in("admin", "sai mất rồi").text
    assert WAIT in browser.sign_in("admin", phrase(ADMIN)).text  # even the right one waits
    clock.wait(seconds=31)
    assert WRONG in browser.sign_in("admin", "vẫn sai nữa").text
    clock.wait(seconds=31)
    assert WAIT in browser.sign_in("admin", phrase(ADMIN)).text
    clock.wait(seconds=31)
    assert browser.sign_in("admin", phrase(ADMIN)).status_code == 303


def test_the_wait_survives_a_restart_of_the_program(browse, hub, clock):
    browser = browse()
    for _try in range(5):
        browser.sign_in("admin", "sai mất rồi")
    again = Browser(
        TestClient(
            make_app(hub, pages=routes(hub, clock=clock)),
            base_url="https://huyen.test",
            follow_redirects=False,
            client=("10.0.0.7", 1),
        )
    )
    assert WAIT in again.sign_in("admin", phrase(ADMIN)).text


def test_wrong_guesses_from_elsewhere_do_not_lock_a_colleague_out_at_once(browse):
    stranger = browse(address="10.0.0.66")
    for _try in range(8):
        stranger.sign_in("admin", "đoán bừa thôi")
    assert WAIT in stranger.sign_in("admin", phrase(ADMIN)).text
    assert browse(address="10.0.0.7").sign_in("admin", phrase(ADMIN)).status_code == 303


def test_one_address_that_tries_many_names_waits(browse):
    browser = browse()
    for at in range(attempts.FREE_HERE):
        browser.sign_in(f"name{at}", "đoán bừa thôi")
    assert WAIT in browser.sign_in("admin", phrase(ADMIN)).text


def test_no_name_that_was_typed_is_kept_in_clear(browse, hub):
    browse().sign_in("matkhau-go-nham-o", "gì đó")
    assert not [row for row in rows(hub, HubAttemptRow) if "matkhau" in row.key]
    assert not [row for row in rows(hub, HubAuditRow) if "matkhau" in str(row.detail)]


def test_waits_double_up_to_a_quarter_of_an_hour():
    assert [attempts.wait_after(count, 5) for count in (0, 4, 5, 6, 7, 10, 99)] == [0, 0, 30, 60, 120, 900, 900]


def test_a_session_ends_by_itself(browse, clock):
    browser = browse(ADMIN)
    for _step in range(3):
        clock.wait(minutes=29)
        assert browser.get("/").status_code == 200
    clock.wait(minutes=31)
    assert browser.get("/").headers["location"] == "/login"


def test_a_session_that_is_used_all_day_ends_after_twelve_hours(browse, clock):
    browser = browse(ADMIN)
    for _step in range(36):
        clock.wait(minutes=19)
        assert browser.get("/help").status_code == 200
    clock.wait(minutes=29)
    assert browser.get("/help").status_code == 200
    clock.wait(minutes=8)
    assert browser.get("/help").status_code == 303


def test_signing_out_ends_it_in_the_database_too(browse, hub):
    browser = browse(ADMIN)
    token = browser.client.cookies["__Host-covidstation"]
    assert browser.post("/logout").headers["location"] == "/login?done=out"
    assert rows(hub, HubSessionRow) == []
    assert browse().client.get("/", headers={"Cookie": f"__Host-covidstation={token}"}).status_code == 303


def test_other_sessions_are_closed_from_one(browse):
    here, there = browse(ADMIN), browse(ADMIN, address="10.0.0.8")
    assert here.post("/own/sessions").status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303


def test_a_new_role_ends_the_sessions_of_the_old_one(browse, hub):
    admin, clerk = browse(ADMIN), browse(DATA)
    with hub.db.read() as session:
        data = next(one for one in users.users(session) if one.role is DATA)
    assert admin.post(f"/users/{data.id.hex}/role", {"role": "read_only"}, page="/users").status_code == 303
    assert clerk.get("/").status_code == 303
    again = browse()
    again.sign_in("data", phrase(DATA))
    assert again.get("/bundles").status_code == 403


@pytest.mark.parametrize(
    "secret", ["", "AAAA", "x" * 86, form_token("0" * 64)], ids=["none", "short", "shapeless", "another"]
)
def test_a_form_without_the_sessions_secret_does_nothing(browse, hub, secret):
    browser = browse(ADMIN)
    answer = browser.client.post("/users", data={"csrf": secret, "login": "moi", "name": "Mới", "role": "admin"})
    assert answer.status_code == 403
    with hub.db.read() as session:
        assert len(users.users(session)) == 4


def test_the_secret_of_another_session_is_no_use(browse):
    admin, clerk = browse(ADMIN), browse(DATA)
    stolen = clerk.secret()
    assert admin.client.post("/own/sessions", data={"csrf": stolen}).status_code == 403


def test_a_login_form_must_come_from_our_card(browse):
    browser = browse()
    browser.get("/login")
    fields = {"login": "admin", "passphrase": phrase(ADMIN), "csrf": form_token("0" * 64)}
    answer = browser.client.post("/login", data=fields)
    assert answer.status_code == 200 and "mở đã lâu" in answer.text
    assert "__Host-covidstation" not in browser.client.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_page_is_refused_whatever_it_knows(browse, headers):
    browser = browse(ADMIN)
    assert browser.post("/own/sessions", headers=headers).status_code == 403
    ours = {"Origin": "https://huyen.test", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/own/sessions", headers=ours).status_code == 303


def test_secrets_in_forms_differ_each_time_and_say_the_same():
    secret = "5f" * 32
    made = {form_token(secret) for _time in range(20)}
    assert len(made) == 20 and all(is_form_token(secret, one) for one in made)
    assert not any(is_form_token("5e" * 32, one) for one in made)
    assert not any(is_form_token(secret, wrong) for wrong in ("", "ế", "====", "a", form_token(secret)[:-4]))


@pytest.mark.parametrize(
    "to", ["//evil.test", "https://evil.test", "/\\evil.test", "/x?y=z", "javascript:alert(1)", "/a/../b\n"]
)
def test_nobody_is_sent_to_another_place_after_signing_in(browse, to):
    assert browse().sign_in("admin", phrase(ADMIN), to=to).headers["location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_wanted(browse):
    browser = browse()
    assert browser.get("/reports").headers["location"] == "/login?to=/reports"
    assert browser.sign_in("admin", phrase(ADMIN), to="/reports").headers["location"] == "/reports"


def test_a_clock_set_far_back_opens_nothing_for_ever(browse, clock):
    browser = browse(ADMIN)
    clock.wait(days=-400)
    assert browser.get("/").status_code == 303
