// The part of the history that is shown.

// The shortest time shown. A page that was just opened has little to show.
const SHORTEST_MS = 30_000;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300];

export class View {
  constructor(history) {
    this.history = history;
    this.window = 5 * 60_000;
    this.isPaused = false;
    this.start = this.end = 0;
    this.frames = [];
    this.xs = [];
    // The time below the pointer; null if the pointer is elsewhere.
    this.cursor = null;
  }

  // Moves to the newest frame, unless the view is paused.
  advance() {
    const { frames } = this.history;
    if (frames.length === 0) return;
    if (!this.isPaused || this.end === 0) this.end = frames.at(-1).time;
    const oldest = frames[0].time;
    const span = Math.min(this.window, Math.max(SHORTEST_MS, this.end - oldest));
    this.start = this.end - span;
    // One frame before the window, so that lines begin at its edge.
    let from = frames.length;
    while (from > 0 && frames[from - 1].time >= this.start) from--;
    let to = frames.length;
    while (to > from && frames[to - 1].time > this.end) to--;
    this.frames = frames.slice(Math.max(0, from - 1), to);
    this.xs = this.frames.map((frame) => frame.time);
  }

  // The frame that readouts show: the one below the pointer, or the newest with values.
  get frame() {
    if (this.cursor === null) {
      for (let i = this.frames.length - 1; i >= 0; i--) {
        if (!this.frames[i].mark) return this.frames[i];
      }
      return null;
    }
    let best = null;
    for (const frame of this.frames) {
      if (frame.mark) continue;
      if (!best || Math.abs(frame.time - this.cursor) < Math.abs(best.time - this.cursor))
        best = frame;
    }
    return best;
  }

  // Round times for about one line in every `width` pixels of `all`.
  ticks(all, width) {
    const span = (this.end - this.start) / 1000;
    const step = STEPS_S.find((step) => (step / span) * all >= width) ?? STEPS_S.at(-1);
    const ms = step * 1000;
    const ticks = [];
    for (let t = Math.ceil(this.start / ms) * ms; t <= this.end; t += ms) ticks.push(t);
    return ticks;
  }

  get marks() {
    return this.frames.filter((frame) => frame.mark === "restart").map((frame) => frame.time);
  }
}
