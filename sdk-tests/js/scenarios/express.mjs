import assert from "node:assert/strict";
import { once } from "node:events";
import { clerkClient, clerkMiddleware, getAuth, requireAuth } from "@clerk/express";
import express from "express";
import { Browser } from "../browser.mjs";
import { stage } from "../harness.mjs";

/** An application as the SDK's guide has it. */
async function application() {
  process.env.CLERK_SECRET_KEY = stage.secretKey;
  process.env.CLERK_PUBLISHABLE_KEY = stage.publishableKey;
  process.env.CLERK_API_URL = stage.backend;
  const app = express();
  app.use(clerkMiddleware({ proxyUrl: stage.frontend, apiUrl: stage.backend }));
  app.get("/me", (request, response) => {
    response.json({ userId: getAuth(request).userId });
  });
  app.get("/secret", requireAuth({ signInUrl: "/sign-in" }), async (request, response) => {
    const user = await clerkClient.users.getUser(getAuth(request).userId);
    response.json({ email: user.primaryEmailAddress.emailAddress });
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

const DOCUMENT = { accept: "text/html", "sec-fetch-dest": "document" };

const steps = [
  [null, "a bearer token is known", async (s) => {
    s.browser = new Browser();
    s.session = await s.browser.signUp();
    s.app = await application();
    const headers = { authorization: `Bearer ${s.session.last_active_token.jwt}` };
    const answer = await fetch(`${s.app.url}/me`, { headers });
    assert.deepEqual(await answer.json(), { userId: s.session.user.id });
  }],
  [null, "cookies are known", async (s) => {
    const headers = { ...DOCUMENT, cookie: s.browser.header() };
    const answer = await fetch(`${s.app.url}/me`, { headers, redirect: "manual" });
    assert.equal(answer.status, 200, answer.headers.get("x-clerk-auth-reason"));
    assert.deepEqual(await answer.json(), { userId: s.session.user.id });
  }],
  [null, "a stranger is nobody", async (s) => {
    const answer = await fetch(`${s.app.url}/me`, { headers: DOCUMENT });
    assert.deepEqual(await answer.json(), { userId: null });
  }],
  [null, "requireAuth admits and redirects", async (s) => {
    const cookie = s.browser.header();
    const mine = await fetch(`${s.app.url}/secret`, { headers: { ...DOCUMENT, cookie } });
    const { email } = await mine.json();
    assert.equal(email, s.session.user.email_addresses[0].email_address);
    const strange = await fetch(`${s.app.url}/secret`, { headers: DOCUMENT, redirect: "manual" });
    assert.equal(strange.status, 302);
  }],
  [null, "a page without a token goes by way of the handshake", async (s) => {
    const browser = new Browser();
    for (const [name, value] of s.browser.cookies) {
      if (!name.startsWith("__session")) {
        browser.cookies.set(name, value);
      }
    }
    const page = new URL("/me", stage.home);
    const forwarded = { "x-forwarded-host": page.host, "x-forwarded-proto": "http" };
    const visit = () =>
      fetch(`${s.app.url}/me`, {
        headers: { ...DOCUMENT, ...forwarded, cookie: browser.header() },
        redirect: "manual",
      });
    const away = await visit();
    assert.equal(away.status, 307);
    const location = away.headers.get("location");
    assert.ok(location.startsWith(`${stage.frontend}/v1/client/handshake?`), location);
    browser.keep(away);
    const headers = { cookie: browser.header(), "sec-fetch-site": "same-origin" };
    const back = await fetch(location, { headers, redirect: "manual" });
    assert.equal(back.status, 307);
    assert.equal(back.headers.get("location"), page.href);
    browser.keep(back);
    const home = await visit();
    assert.deepEqual(await home.json(), { userId: s.session.user.id });
    browser.keep(home);
    browser.cookies.delete("__clerk_handshake");
    // From now on the cookies are enough.
    const again = await visit();
    assert.equal(again.status, 200);
    assert.deepEqual(await again.json(), { userId: s.session.user.id });
  }],
  [null, "the application ends", async (s) => {
    s.app.server.closeAllConnections();
    s.app.server.close();
  }],
];

export default [{ name: "express", steps }];
