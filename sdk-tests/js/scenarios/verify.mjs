import assert from "node:assert/strict";
import { verifyToken } from "@clerk/backend";
import { Browser } from "../browser.mjs";
import { clerk } from "../client.mjs";
import { stage } from "../harness.mjs";

const page = (path, headers) =>
  new Request(`${stage.home}${path}`, {
    headers: { accept: "text/html", "sec-fetch-dest": "document", ...headers },
  });

async function pemOf(jwk) {
  const key = await crypto.subtle.importKey(
    "jwk",
    jwk,
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    true,
    ["verify"],
  );
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", key)).toString("base64");
  return `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`;
}

const tokens = {
  name: "tokens",
  steps: [
    [null, "verifyToken by the key set", async (s) => {
      s.browser = new Browser();
      s.session = await s.browser.signUp();
      s.jwt = s.session.last_active_token.jwt;
      const claims = await verifyToken(s.jwt, {
        apiUrl: stage.backend,
        secretKey: stage.secretKey,
        authorizedParties: [stage.home],
      });
      assert.deepEqual([claims.sub, claims.sid, claims.v], [s.session.user.id, s.session.id, 2]);
    }],
    [null, "verifyToken by a key", async (s) => {
      const { keys } = await clerk.jwks.getJwks();
      s.jwtKey = await pemOf(keys[0]);
      const claims = await verifyToken(s.jwt, { jwtKey: s.jwtKey });
      assert.equal(claims.sub, s.session.user.id);
    }],
    [null, "verifyToken refuses a changed token and a foreign party", async (s) => {
      const [head, body, signature] = s.jwt.split(".");
      const claims = JSON.parse(Buffer.from(body, "base64url"));
      claims.sub = "user_other";
      const forged = Buffer.from(JSON.stringify(claims)).toString("base64url");
      const token = [head, forged, signature].join(".");
      await assert.rejects(verifyToken(token, { jwtKey: s.jwtKey }));
      const authorizedParties = ["https://elsewhere.example"];
      await assert.rejects(verifyToken(s.jwt, { jwtKey: s.jwtKey, authorizedParties }));
    }],
    [null, "authenticateRequest with a bearer token", async (s) => {
      const headers = { authorization: `Bearer ${s.jwt}` };
      const state = await clerk.authenticateRequest(new Request(`${stage.home}/api`, { headers }));
      assert.equal(state.isAuthenticated, true);
      assert.equal(state.toAuth().userId, s.session.user.id);
      assert.equal((await state.toAuth().getToken()), s.jwt);
    }],
    [null, "authenticateRequest with an organization", async (s) => {
      const form = { name: "Northwind" };
      const own = `_clerk_session_id=${s.session.id}`;
      const made = await s.browser.call("POST", `/v1/organizations?${own}`, form);
      const touch = `/v1/client/sessions/${s.session.id}/touch`;
      await s.browser.call("POST", touch, { active_organization_id: made.id });
      const session = await s.browser.session();
      const headers = { authorization: `Bearer ${session.last_active_token.jwt}` };
      const state = await clerk.authenticateRequest(new Request(`${stage.home}/api`, { headers }));
      const auth = state.toAuth();
      assert.deepEqual([auth.orgId, auth.orgRole], [made.id, "org:admin"]);
      assert.equal(auth.has({ role: "org:admin" }), true);
      assert.equal(auth.has({ permission: "org:nothing:read" }), false);
    }],
    [null, "authenticateRequest with cookies", async (s) => {
      const state = await clerk.authenticateRequest(page("/", { cookie: s.browser.header() }));
      assert.equal(state.status, "signed-in", state.reason);
      assert.equal(state.toAuth().userId, s.session.user.id);
    }],
    [null, "authenticateRequest of a stranger", async () => {
      const state = await clerk.authenticateRequest(page("/", {}));
      assert.equal(state.status, "signed-out", state.reason);
    }],
  ],
};

const handshake = {
  name: "handshake",
  steps: [
    [null, "a session without its cookie is shaken hands with", async (s) => {
      s.browser = new Browser();
      s.session = await s.browser.signUp();
      for (const name of s.browser.cookies.keys()) {
        if (name.startsWith("__session")) {
          s.browser.cookies.delete(name);
        }
      }
      const state = await clerk.authenticateRequest(page("/deep?x=1", { cookie: s.browser.header() }));
      assert.equal(state.status, "handshake", state.reason);
      s.location = state.headers.get("location");
      assert.ok(s.location.startsWith(`${stage.frontend}/v1/client/handshake`), s.location);
    }],
    [null, "the handshake leads back with the session", async (s) => {
      const response = await fetch(s.location, {
        redirect: "manual",
        headers: { cookie: s.browser.header() },
      });
      assert.equal(response.status, 307);
      s.back = response.headers.get("location");
      assert.ok(s.back.startsWith(`${stage.home}/deep?x=1`), s.back);
      s.browser.keep(response);
    }],
    [null, "the page is signed in after the handshake", async (s) => {
      const path = s.back.slice(stage.home.length);
      const state = await clerk.authenticateRequest(page(path, { cookie: s.browser.header() }));
      for (const cookie of state.headers.getSetCookie()) {
        s.browser.keepOne(cookie);
      }
      assert.equal(state.status, "signed-in", state.reason);
      assert.equal(state.toAuth().sessionId, s.session.id);
      const session = [...s.browser.cookies.keys()].some((name) => name.startsWith("__session"));
      assert.ok(session);
    }],
    ["RefreshSession", "sessions.refreshSession", async (s) => {
      const cookie = (start) => [...s.browser.cookies].find(([name]) => name.startsWith(start))[1];
      const wanted = {
        expired_token: cookie("__session"),
        refresh_token: cookie("__refresh"),
        request_origin: stage.home,
        request_headers: { host: ["app.example"] },
        format: "token",
      };
      const { jwt } = await clerk.sessions.refreshSession(s.session.id, wanted);
      const claims = await verifyToken(jwt, { apiUrl: stage.backend, secretKey: stage.secretKey });
      assert.deepEqual([claims.sid, claims.azp], [s.session.id, stage.home]);
      const strange = { ...wanted, request_origin: "https://elsewhere.example" };
      const refused = clerk.sessions.refreshSession(s.session.id, strange);
      await assert.rejects(refused, { status: 401 });
    }],
  ],
};

export default [tokens, handshake];
