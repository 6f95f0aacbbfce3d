// A browser, as far as the tests of server SDKs need one: cookies, an origin, forms.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { address, stage } from "./harness.mjs";

export const PASSWORD = "correct horse battery";

export class Browser {
  cookies = new Map();

  /** Calls the Frontend API; the answer's `response`. */
  async call(method, path, form) {
    const response = await this.visit(method, `${stage.frontend}${path}`, form);
    const body = await response.json();
    assert.equal(response.status, 200, `${method} ${path}: ${JSON.stringify(body)}`);
    return body.response;
  }

  /** The same in the name of the session. */
  own(method, path, form = {}) {
    return this.call(method, `${path}?_clerk_session_id=${this.sessionId}`, form);
  }

  /** Asks for any URL and follows nothing; the response. */
  async visit(method, url, form) {
    const headers = {
      origin: stage.home,
      cookie: this.header(),
      "user-agent": "Test Firefox/130.0",
    };
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { method, headers, body, redirect: "manual" });
    this.keep(response);
    return response;
  }

  /** The header with all cookies. */
  header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Keeps the cookies that a response sets, and forgets those it ends. */
  keep(response) {
    for (const cookie of response.headers.getSetCookie()) {
      this.keepOne(cookie);
    }
  }

  keepOne(cookie) {
    const [pair] = cookie.split(";");
    const [name, ...value] = pair.split("=");
    this.cookies.set(name.trim(), value.join("="));
  }

  /** Signs a new user up; the session. */
  async signUp(emailAddress = address()) {
    const form = { email_address: emailAddress, password: PASSWORD };
    const { id } = await this.call("POST", "/v1/client/sign_ups", form);
    const path = `/v1/client/sign_ups/${id}`;
    const strategy = "email_code";
    await this.call("POST", `${path}/prepare_verification`, { strategy });
    const answer = { strategy, code: "424242" };
    const done = await this.call("POST", `${path}/attempt_verification`, answer);
    assert.equal(done.status, "complete");
    return this.session();
  }

  /** The browser's session, whose token becomes a cookie, as a page's script does it. */
  async session() {
    const client = await this.call("GET", "/v1/client");
    const session = client.sessions.at(-1);
    this.sessionId = session.id;
    const uat = [...this.cookies.keys()].find((name) => /^__client_uat_/.test(name));
    const suffix = uat.slice("__client_uat_".length);
    for (const name of ["__session", `__session_${suffix}`]) {
      this.cookies.set(name, session.last_active_token.jwt);
    }
    return session;
  }

  /** Sets up an authenticator; its secret and the backup codes. */
  async enrol() {
    const { secret } = await this.own("POST", "/v1/me/totp");
    const form = { code: totp(secret) };
    const done = await this.own("POST", "/v1/me/totp/attempt_verification", form);
    assert.equal(done.verified, true);
    return { secret, backupCodes: done.backup_codes };
  }

  /** Connects an account at a provider, by its page; the account. */
  async connect(provider, person) {
    const form = { strategy: `oauth_${provider}`, redirect_url: `${stage.home}/done` };
    const account = await this.own("POST", "/v1/me/external_accounts", form);
    const page = account.verification.external_verification_redirect_url;
    const back = await this.visit("POST", page, { ...person, verified: "yes" });
    const done = await this.visit("GET", back.headers.get("location"));
    assert.equal(done.headers.get("location"), `${stage.home}/done`);
    return account;
  }
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an authenticator shows now, or periods of 30 seconds later. */
export function totp(secret, later = 0) {
  const five = (one) => ALPHABET.indexOf(one).toString(2).padStart(5, "0");
  const bits = [...secret].map(five).join("");
  const bytes = bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const tag = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const number = tag.readUInt32BE(tag[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
