// Which entity of a metric was in which state when.

import { labelText } from "./labels.js";

const stateOf = (metric, series) => series.labels.find(([name]) => name === metric.state)?.[1];

// The states in the order of the program.
export function statesOf(metric) {
  const states = new Set(metric.series.map((series) => stateOf(metric, series)));
  states.delete(undefined);
  return [...states];
}

// The entities that match: the name, which the only entity may lack, and the series of each state.
export function entities(metric) {
  const byKey = new Map();
  for (const series of metric.matching) {
    const labels = series.labels.filter(([name]) => name !== metric.state);
    const key = JSON.stringify(labels);
    if (!byKey.has(key)) {
      const name = labels.length > 0 ? labelText({ ...series, labels }) : "";
      byKey.set(key, { name, series: new Map() });
    }
    byKey.get(key).series.set(stateOf(metric, series), series);
  }
  return [...byKey.values()];
}

export function stateAt(entity, frame) {
  for (const [state, { slot }] of entity.series) if (frame.at(slot) === 1) return state;
  return null;
}

// The bands of an entity. A sample tells the state of the time before it; nothing is known of the
// time without the program.
export function bands(entity, frames) {
  const found = [];
  let [last, before] = [null, null];
  for (const frame of frames) {
    const state = frame.mark ? null : stateAt(entity, frame);
    if (state === null) last = null;
    else if (state === last?.state) last.end = frame.time;
    else {
      last = { state, start: before?.time ?? frame.time, end: frame.time };
      found.push(last);
    }
    before = frame.mark ? null : frame;
  }
  return found;
}
