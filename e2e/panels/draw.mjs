// Draws each dashboard of a folder, with the answers that e2e/panels.py wrote, and keeps a picture.
// Fails if a panel has no data, or if the browser reports an error.

import { createReadStream, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import http from "node:http";
import path from "node:path";

import { launch, open } from "../../tests/page/browser.mjs";

const [folder, pictures] = process.argv.slice(2);
const here = import.meta.dirname;
const assets = path.join(here, "../../metrics-prometheus/src/page/assets");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
let dashboard = "";

function fileOf(url) {
  if (url === "/") return path.join(here, "page.html");
  if (url === "/dashboard.json") return path.join(folder, dashboard);
  if (url === "/page/uplot.css") return path.join(assets, "uplot-1.6.32/uPlot.min.css");
  if (url === "/page/uplot.js") return path.join(assets, "uplot-1.6.32/uPlot.iife.min.js");
  const [root, name] = url.startsWith("/page/") ? [assets, url.slice(6)] : [here, url.slice(1)];
  return path.join(root, path.basename(name));
}

const server = http.createServer((request, response) => {
  const file = fileOf(request.url);
  if (!existsSync(file)) {
    response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/json" });
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await launch();
const failures = [];
for (dashboard of (await readdir(folder)).filter((name) => name.endsWith(".json")).sort()) {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const viewport = { width: 1624, height: 900 };
  const tab = await open(browser, url, { viewport, colorScheme: "light" });
  const drawn = await tab.page.waitForFunction(() => globalThis.drawn).catch(() => null);
  const { panels, empty } = (await drawn?.jsonValue()) ?? { panels: 0, empty: 0 };
  const file = path.join(pictures, dashboard.replace(".json", ".png"));
  await tab.page.screenshot({ path: file, fullPage: true });
  console.log(`${dashboard}: ${panels} panels, ${empty} without data`);
  failures.push(...(await tab.faults()).map((fault) => `${dashboard}: ${fault}`));
  if (!drawn) failures.push(`${dashboard}: nothing was drawn`);
  await tab.close();
}
await browser.close();
server.close();
failures.forEach((failure) => console.error(failure));
process.exitCode = failures.length > 0 ? 1 : 0;
