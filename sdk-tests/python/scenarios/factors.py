"""Second factors, and accounts at other providers."""

from browser import Browser, totp
from harness import Scenario, clerk, refused, unique

factors = Scenario("second factors")
step = factors.step


@step("VerifyTOTP")
def verify(s):
    s.browser = Browser()
    s.id = s.browser.user_id
    secret, backup_codes = s.browser.enrol()
    code = totp(secret, 1)
    found = clerk.users.verify_totp(user_id=s.id, code=code)
    assert (found.verified, found.code_type) == (True, "totp")
    # Every code is good once.
    refused(
        lambda: clerk.users.verify_totp(user_id=s.id, code=code), 422, "form_code_incorrect"
    )
    spent = clerk.users.verify_totp(user_id=s.id, code=backup_codes[0])
    assert spent.code_type == "backup_code"


@step("DeleteBackupCode")
def delete_backup_codes(s):
    assert clerk.users.delete_backup_codes(user_id=s.id).user_id == s.id
    user = clerk.users.get(user_id=s.id)
    assert (user.backup_code_enabled, user.totp_enabled) == (False, True)


@step("DeleteTOTP")
def delete_totp(s):
    assert clerk.users.delete_totp(user_id=s.id).user_id == s.id
    assert clerk.users.get(user_id=s.id).totp_enabled is False


@step("DisableMFA")
def disable_mfa(s):
    s.browser.enrol()
    assert clerk.users.disable_mfa(user_id=s.id).user_id == s.id
    user = clerk.users.get(user_id=s.id)
    assert (user.two_factor_enabled, user.backup_code_enabled) == (False, False)


accounts = Scenario("external accounts")
step = accounts.step


@step("GetOAuthAccessToken")
def oauth_access_token(s):
    browser = Browser()
    s.id = browser.user_id
    assert clerk.users.get_o_auth_access_token(user_id=s.id, provider="oauth_google") == []
    s.email = f"{unique('py')}@elsewhere.example"
    browser.connect("google", name="Ada Lovelace", email=s.email)
    (token,) = clerk.users.get_o_auth_access_token(user_id=s.id, provider="oauth_google")
    assert (token.provider, token.scopes) == ("oauth_google", ["openid", "email", "profile"])
    s.account_id = token.external_account_id


@step("DeleteExternalAccount")
def delete_account(s):
    (account,) = clerk.users.get(user_id=s.id).external_accounts
    assert (account.id, account.email_address) == (s.account_id, s.email)
    gone = clerk.users.delete_external_account(user_id=s.id, external_account_id=account.id)
    assert gone.deleted is True
    assert clerk.users.get(user_id=s.id).external_accounts == []


ALL = [factors, accounts]
