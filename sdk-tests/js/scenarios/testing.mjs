import assert from "node:assert/strict";
import { clerkSetup, setupClerkTestingToken } from "@clerk/testing/playwright";
import { address, stage } from "../harness.mjs";

/** Where the SDK believes the Frontend API to be: always behind https. */
const SECURE = stage.frontend.replace("http:", "https:");

/** As much of a browser's context as the SDK uses: it adds its token to requests on their way. */
class Context {
  async route(pattern, handler) {
    this.pattern = pattern;
    this.handler = handler;
  }

  /** Posts through the route; the URL that was really asked, status and body. */
  async post(url, form) {
    assert.match(url, this.pattern);
    const seen = {};
    await this.handler({
      request: () => ({ url: () => url }),
      fetch: async ({ url: changed }) => {
        seen.url = new URL(changed);
        const response = await fetch(changed.replace("https:", "http:"), {
          method: "POST",
          headers: { origin: stage.home },
          body: new URLSearchParams(form),
        });
        return { status: () => response.status, json: () => response.json() };
      },
      fulfill: async ({ response, json }) => {
        seen.status = response.status();
        seen.body = json;
      },
    });
    return seen;
  }
}

const steps = [
  ["CreateTestingToken", "clerkSetup", async () => {
    await clerkSetup({
      publishableKey: stage.publishableKey,
      secretKey: stage.secretKey,
      apiUrl: stage.backend,
      frontendApiUrl: SECURE.slice("https://".length),
      dotenv: false,
    });
    assert.ok(process.env.CLERK_TESTING_TOKEN);
  }],
  ["CreateTestingToken", "setupClerkTestingToken", async () => {
    const context = new Context();
    await setupClerkTestingToken({ context });
    const form = { email_address: address(), password: "correct horse battery" };
    const { url, status, body } = await context.post(`${SECURE}/v1/client/sign_ups`, form);
    const token = url.searchParams.get("__clerk_testing_token");
    assert.equal(token, process.env.CLERK_TESTING_TOKEN);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.response.object, "sign_up_attempt");
    assert.equal(body.client.captcha_bypass, true);
  }],
];

export default [{ name: "testing", steps }];
