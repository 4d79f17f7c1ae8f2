// A browser, and the programs that it looks at.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import net from "node:net";

// The package is installed below `target`.
const { chromium } = createRequire(`${process.env.PAGE_MODULES}/`)("playwright-core");

// Without the second half, Chromium asks for updates and lists of its vendor.
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS });
}

export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// The program with states is one of its own.
const programOf = (name) => process.env.PAGE_PROGRAM + (name === "states" ? "-states" : "");

// A program of this package, or another one, that serves its page at `url`.
export class Program {
  static async start(name, { port, path = programOf(name), args = [name] } = {}) {
    const program = new Program();
    program.port = port ?? (await freePort());
    program.url = `http://127.0.0.1:${program.port}/`;
    const env = { ...process.env, OTEL_EXPORTER_PROMETHEUS_PORT: String(program.port) };
    delete env.OTEL_EXPORTER_PROMETHEUS_HOST;
    program.child = spawn(path, args, { env, stdio: "ignore" });
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`${program.url}healthz`).catch(() => null);
      if (answer?.ok) return program;
      if (tries === 100) throw new Error(`${name} does not answer at ${program.url}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}

// A tab that notes everything that a page must not do.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const faults = [];
  page.on("console", (message) => {
    // The checks read the pixels of a canvas, which Chromium advises against.
    if (message.text().includes("willReadFrequently")) return;
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) faults.push(`request to ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
    }).observe({ type: "longtask", buffered: true });
  });
  await page.goto(url);
  return {
    page,
    faults: async () => [
      ...faults,
      ...(await page.evaluate(() => globalThis.violations)).map((v) => `policy: ${v}`),
    ],
    close: () => context.close(),
  };
}
