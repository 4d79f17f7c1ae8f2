// States: a lane for each entity, with bands of colour and text.

import { Chart } from "./chart.js";
import { shown } from "./dom.js";
import { bands, entities, stateAt, statesOf } from "./states.js";
import { colors } from "./theme.js";

const LANES = 8;

export class Timeline extends Chart {
  constructor(parts) {
    super(parts);
    const y = {
      // The first lane is on top.
      scale: { range: () => [-Math.max(1, this.lanes.length), 0] },
      axis: { splits: () => [], values: () => [] },
    };
    const hooks = { drawClear: [(u) => this.draw(u)] };
    this.plotOn(parts, { y, series: [{ show: false }], hooks });
  }

  data() {
    const { frames, xs } = this.view;
    this.states = statesOf(this.metric);
    this.entities = entities(this.metric);
    const lane = (entity) => ({ name: entity.name, bands: bands(entity, frames) });
    this.lanes = this.entities.slice(0, LANES).map(lane);
    return [xs, xs.map(() => null)];
  }

  color(state) {
    return colors.series[this.states.indexOf(state) % colors.series.length];
  }

  draw(u) {
    const { ctx, bbox, valToPos } = u;
    const pixel = devicePixelRatio;
    const y = (lane) => Math.round(valToPos(-lane, "y", true));
    this.begin(u);
    ctx.font = `${11 * pixel}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    this.lanes.forEach(({ name, bands }, lane) => {
      let height = y(lane + 1) - y(lane) - 2 * pixel;
      let top = y(lane);
      if (name && height >= 24 * pixel) {
        ctx.fillStyle = colors.muted;
        ctx.fillText(name, bbox.left + 2 * pixel, top + 6 * pixel);
        top += 13 * pixel;
        height -= 13 * pixel;
      }
      for (const { state, start, end } of bands) {
        const left = Math.max(bbox.left, Math.round(valToPos(start, "x", true)));
        const width = Math.max(pixel, Math.round(valToPos(end, "x", true)) - left);
        ctx.globalAlpha = !this.focused || this.focused === state ? 1 : 0.2;
        ctx.fillStyle = this.color(state);
        ctx.fillRect(left, top, width, height);
        // Colour alone does not tell the states apart for everyone.
        const text = shown(state, 40);
        const isRoom = height >= 10 * pixel && ctx.measureText(text).width + 8 * pixel < width;
        ctx.fillStyle = colors["on-series"];
        if (isRoom) ctx.fillText(text, left + 4 * pixel, top + height / 2);
      }
      ctx.globalAlpha = 1;
    });
    ctx.restore();
  }

  // For each state, its share of the time shown, and the number of entities in it.
  legend(frame) {
    const all = this.lanes.flatMap(({ bands }) => bands);
    const time = (bands) =>
      bands.reduce((sum, { start, end }) => sum + end - Math.max(start, this.view.start), 0);
    const current = frame ? this.entities.map((entity) => stateAt(entity, frame)) : [];
    return this.states.map((state) => ({
      state,
      color: this.color(state),
      share: time(all.filter((band) => band.state === state)) / time(all),
      current: current.filter((other) => other === state).length,
    }));
  }

  focus(state) {
    this.focused = state;
    this.plot.redraw();
  }
}
