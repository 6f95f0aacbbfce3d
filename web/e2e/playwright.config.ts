import { defineConfig } from "@playwright/test";
import { chromiumArgs, chromiumPath, settings } from "./settings";

/** A flake is a bug: nothing is tried twice. */
export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../test-results",
  timeout: 300_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: process.env.E2E_WORKERS ? Number(process.env.E2E_WORKERS) : 1,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: settings.appUrl,
    browserName: "chromium",
    headless: true,
    viewport: { width: 1280, height: 860 },
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: { executablePath: chromiumPath(), args: chromiumArgs() },
  },
});
