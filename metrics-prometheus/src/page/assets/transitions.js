// The latest changes of states as text, for those who cannot see the timeline.

import { el, shown } from "./dom.js";
import { bands, entities } from "./states.js";
import { clock, duration } from "./units.js";

const MOST = 50;

export class Transitions {
  constructor(metric, view) {
    Object.assign(this, { metric, view });
    this.list = el("ol", { attr: { tabindex: "0", "aria-label": "Latest changes" } });
    this.element = el("div", { class: "details transitions" }, this.list);
    this.update();
  }

  // The newest first.
  update() {
    const changes = [];
    for (const entity of entities(this.metric)) {
      const name = entity.name && `${entity.name}: `;
      bands(entity, this.view.frames).forEach(({ state, start }, i, all) => {
        const before = all[i - 1];
        if (before?.end !== start) return;
        const after = duration((start - before.start) / 1000);
        const text = `${name}${shown(before.state)} → ${shown(state)}, after ${after}`;
        changes.push({ start, text: `${clock(start)} ${text}` });
      });
    }
    changes.sort((a, b) => b.start - a.start);
    const texts = changes.slice(0, MOST).map(({ text }) => text);
    if (texts.length === 0) texts.push("no change in the time shown");
    if (this.text === texts.join()) return;
    this.text = texts.join();
    this.list.replaceChildren(...texts.map((text) => el("li", { text })));
  }
}
