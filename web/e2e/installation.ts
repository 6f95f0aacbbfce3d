import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Variables } from "./settings";

/** The program under test. */
export const BINARY =
  process.env.BAILIWICK_BINARY ?? new URL("../../target/debug/bailiwick", import.meta.url).pathname;
/** A first start makes a database cluster and migrates it, on a busy machine. */
const READY_MS = 180_000;
const STOP_MS = 30_000;
/** The file of settings is looked at once a second. */
const TAKEN_UP_MS = 20_000;
const POLL_MS = 50;
const TAKEN_UP = "settings of the identity provider were read again";
const REFUSED = "settings of the identity provider stay as they were";
/** What of our environment an installation needs; the rest is another installation's. */
export const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "BAILIWICK_PG_BIN"];

/** A `bailiwick dev` of a test's own, whose settings can be changed without disturbing others. */
export class Installation {
  readonly variables: Variables;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #log: () => string;

  private constructor(child: ChildProcess, folder: string, log: () => string) {
    this.#child = child;
    this.#folder = folder;
    this.#log = log;
    this.variables = parse(readFileSync(join(folder, "data/dev.env"), "utf8"));
  }

  /** Starts one, with no settings and nobody in it. */
  static async start(): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), "bailiwick-own-"));
    const ports = ["port", "idp-port", "internal-port", "s3-port", "mail-port", "pg-port"];
    const child = spawn(
      BINARY,
      [
        "dev",
        "--no-demo",
        "--data-dir",
        join(folder, "data"),
        ...ports.flatMap((name) => [`--${name}`, "0"]),
      ],
      {
        env: Object.fromEntries(INHERITED.map((name) => [name, process.env[name]])),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let text = "";
    const keep = (bytes: Buffer) => {
      text += bytes.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    const failed = new Promise<never>((_, reject) => child.on("error", reject));
    const isReady = () => {
      if (child.exitCode !== null) throw new Error(`bailiwick dev ended early:\n${text}`);
      return /^ready/m.test(text);
    };
    try {
      await Promise.race([until(isReady, READY_MS, () => text), failed]);
      return new Installation(child, folder, () => text);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Writes `idp.toml`, and waits until it is in force. */
  async configure(toml: string): Promise<void> {
    const file = join(this.#folder, "data/idp.toml");
    const [taken, refused] = [this.#count(TAKEN_UP), this.#count(REFUSED)];
    // At once, so that no half of it is read.
    writeFileSync(`${file}.new`, toml);
    renameSync(`${file}.new`, file);
    const isInForce = () => {
      if (this.#count(REFUSED) > refused) throw new Error(`refused:\n${this.#log()}`);
      return this.#count(TAKEN_UP) > taken;
    };
    await until(isInForce, TAKEN_UP_MS, this.#log);
  }

  /** Ends it and removes what it kept. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await until(() => this.#child.exitCode !== null, STOP_MS, this.#log).catch((error) => {
      this.#child.kill("SIGKILL");
      throw error;
    });
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #count(line: string): number {
    return this.#log().split(line).length - 1;
  }
}

async function until(isSo: () => boolean, limitMs: number, log: () => string): Promise<void> {
  const end = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms:\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** `NAME=value`, the value bare or in single quotes as a shell reads it. */
function parse(text: string): Variables {
  const lines = text.split("\n").filter((line) => /^(export )?\w+=/.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^(?:export )?(\w+)=(.*)$/.exec(line) ?? [];
      return [name, value.replace(/^'(.*)'$/, "$1").replaceAll("'\\''", "'")];
    }),
  );
}
