// A browser, as far as the tests of server SDKs need one: cookies, an origin, forms.
import assert from "node:assert/strict";
import { address, stage } from "./harness.mjs";

export const PASSWORD = "correct horse battery";

export class Browser {
  cookies = new Map();

  /** Calls the Frontend API; the answer's `response`. */
  async call(method, path, form) {
    const url = `${stage.frontend}${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        "x-direct": "1",
        origin: stage.home,
        cookie: this.header(),
        "user-agent": "Test Firefox/130.0",
      },
      body: form && new URLSearchParams(form),
    });
    this.keep(response);
    const body = await response.json();
    assert.equal(response.status, 200, `${method} ${path}: ${JSON.stringify(body)}`);
    return body.response;
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
    const uat = [...this.cookies.keys()].find((name) => /^__client_uat_/.test(name));
    const suffix = uat.slice("__client_uat_".length);
    for (const name of ["__session", `__session_${suffix}`]) {
      this.cookies.set(name, session.last_active_token.jwt);
    }
    return session;
  }
}
