// The page: brings the samples, the view and the list together.

import { Axis } from "./axis.js";
import { GUTTER } from "./chart.js";
import { byId, el, setText, shown } from "./dom.js";
import { Feed } from "./feed.js";
import { Filter, toggled } from "./filter.js";
import { History } from "./history.js";
import { startKeys } from "./keys.js";
import { List } from "./list.js";
import { startTheme } from "./theme.js";
import { clock, duration, group } from "./units.js";
import { View } from "./view.js";

const RESTART_SHOWN_MS = 30_000;
const REMEMBER_MS = 250;
const EXAMPLE = `#[derive(Metrics)]
enum Shop {
    /// Orders placed.
    #[counter(unit = "{order}")]
    Orders,
}

Shop::orders().inc();`;

const history = new History();
const view = new View(history);
const axis = new Axis(byId("axis"), view);
let filter = new Filter("");
let failure = null;
let restartedAt = null;
let plot = { left: 0, width: 0 };
let reading = 0;
let remembering = 0;

const list = new List(byId("metrics"), {
  history,
  view,
  onFilter: (name, value) => setQuery(toggled(byId("query").value, name, value)),
  onCursor: (time) => {
    view.cursor = time;
    // All charts have the same pointer, and each of them reports it.
    cancelAnimationFrame(reading);
    reading = requestAnimationFrame(() => {
      list.read();
      drawAxis();
    });
  },
  onMeasure: (left, width) => {
    plot = { left, width };
    drawAxis();
  },
});

function drawAxis() {
  axis.update(plot.left + GUTTER, plot.width - GUTTER);
}

function draw() {
  view.advance();
  list.update();
  drawAxis();
  drawHeader();
}

function applyFilter() {
  for (const metric of history.metrics.values()) filter.apply(metric);
  arrange();
}

function arrange() {
  const { shown: count, quiet } = list.arrange(history);
  const isFiltered = !filter.isEmpty;
  setText(
    byId("matches"),
    isFiltered ? `${group(String(count + quiet))} of ${group(String(history.metrics.size))}` : "",
  );
  drawEmpty(count + quiet === 0, isFiltered);
}

function drawEmpty(isEmpty, isFiltered) {
  const empty = byId("empty");
  empty.hidden = !isEmpty || history.process === null;
  byId("axis").classList.toggle("is-hidden", isEmpty);
  if (empty.hidden) return;
  if (isFiltered) {
    empty.replaceChildren(
      el("h2", { text: "Nothing matches" }),
      el("p", { text: shown(filter.query, 200) }),
      el("button", {
        text: "Clear the search",
        attr: { type: "button" },
        on: { click: () => setQuery("") },
      }),
    );
  } else {
    empty.replaceChildren(
      el("h2", { text: "No metrics yet" }),
      el("p", { text: "The program declares no metrics. Declare some, and they appear here:" }),
      el("pre", {
        text: EXAMPLE,
      }),
    );
  }
}

function drawHeader() {
  const { process } = history;
  if (!process) return;
  let series = 0;
  let warned = 0;
  for (const metric of history.metrics.values()) {
    series += metric.series.length;
    if (metric.dropped.length > 0) warned += 1;
  }
  setText(byId("name"), shown(process.name, 60));
  const title = `${shown(process.name, 60)} · metrics`;
  if (document.title !== title) document.title = title;
  const facts = [
    `up ${duration(process.uptime)}`,
    count(history.metrics.size, "metric"),
    `${group(String(series))} series`,
  ];
  if (history.isShortened) {
    const span = (history.frames.at(-1).time - history.frames[0].time) / 1000;
    facts.push(`${duration(span)} kept`);
  }
  setText(byId("facts"), facts.join(" · "));
  byId("facts").title = `process ${process.pid}`;
  byId("dot").className = `dot ${failure ? "is-gone" : view.isPaused ? "is-paused" : "is-live"}`;
  document.body.classList.toggle("is-gone", failure !== null);
  const warnings = byId("warnings");
  warnings.hidden = warned === 0;
  setText(warnings, count(warned, "warning"));
  warnings.setAttribute("aria-pressed", String(isWarned()));
  drawBanner();
}

function count(number, noun) {
  return `${group(String(number))} ${noun}${number === 1 ? "" : "s"}`;
}

function drawBanner() {
  const banner = byId("banner");
  const name = shown(history.process?.name ?? "The program", 60);
  let text = "";
  let kind = "";
  if (failure) {
    const reason = failure.reason ? ` (${failure.reason})` : "";
    const since = clock(failure.since);
    text = `${name} has not answered since ${since}${reason}. The page keeps asking.`;
    kind = "is-gone";
  } else if (restartedAt !== null && performance.now() - restartedAt.now < RESTART_SHOWN_MS) {
    text = `${name} was restarted at ${clock(restartedAt.time)}. Its counters began at zero.`;
  } else if (view.isPaused) {
    text = `Paused at ${clock(view.end)}. Samples are still taken.`;
  }
  banner.hidden = text === "";
  banner.className = `banner ${kind}`;
  setText(banner, text);
}

function isWarned() {
  return filter.conditions.some(({ name, value }) => name === "is" && value === "warning");
}

function setQuery(query) {
  const input = byId("query");
  if (input.value !== query) input.value = query;
  filter = new Filter(query);
  applyFilter();
  draw();
  remember();
}

function setMinutes(minutes) {
  view.window = minutes * 60_000;
  document.querySelectorAll("[data-minutes]").forEach((button) => {
    button.setAttribute("aria-pressed", String(Number(button.dataset.minutes) === minutes));
  });
  draw();
  remember();
}

function setPaused(isPaused) {
  view.isPaused = isPaused;
  byId("pause").setAttribute("aria-pressed", String(isPaused));
  setText(byId("pause-text"), isPaused ? "Continue" : "Pause");
  draw();
}

// The search and the time shown stay in the address, so that a reload keeps them. Browsers take their
// time to change the address, so it changes when the typing pauses.
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const state = new URLSearchParams();
    if (filter.query) state.set("q", filter.query);
    if (view.window !== 300_000) state.set("minutes", String(view.window / 60_000));
    const hash = state.toString();
    window.history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
  }, REMEMBER_MS);
}

function recall() {
  const state = new URLSearchParams(location.hash.slice(1));
  const minutes = Number(state.get("minutes"));
  if ([1, 5, 15].includes(minutes)) setMinutes(minutes);
  if (state.get("q")) setQuery(state.get("q"));
}

byId("query").addEventListener("input", (event) => setQuery(event.target.value));
byId("pause").addEventListener("click", () => setPaused(!view.isPaused));
byId("warnings").addEventListener("click", () =>
  setQuery(toggled(byId("query").value, "is", "warning")),
);
document.querySelectorAll("[data-minutes]").forEach((button) => {
  button.addEventListener("click", () => setMinutes(Number(button.dataset.minutes)));
});
startKeys({ list, setMinutes, setQuery });
startTheme(byId("theme"), () => list.update());
recall();

const feed = new Feed({
  onSample: (sample, interval) => {
    failure = null;
    const result = history.ingest(sample, interval);
    if (!result) return;
    if (result.isRestart)
      restartedAt = { now: performance.now(), time: history.frames.at(-1).time };
    if (result.changed || result.isRestart || result.isFirst) applyFilter();
    if (!view.isPaused) draw();
    else drawHeader();
  },
  onFailure: (reason) => {
    failure ??= { since: Date.now(), reason };
    drawHeader();
    drawBanner();
  },
});
feed.start();
