// A frame: one sample of everything.
//
// Each series has a number, at its slot. Histograms have their counts by bucket besides, only where
// there are any: `slots[k]` has the buckets `starts[k]` to `starts[k + 1]`, and each histogram has
// a range of `k`.

export class Frame {
  constructor(time, seconds, slots) {
    this.time = time;
    // The interval that the rates of the frame belong to.
    this.seconds = seconds;
    this.values = new Float64Array(slots).fill(NaN);
    this.slots = this.starts = this.buckets = this.counts = null;
    this.ranges = new Map();
    this.mark = null;
    this.number = 0;
  }

  at(slot) {
    return slot < this.values.length ? this.values[slot] : NaN;
  }

  eachHistogram(number, f) {
    const range = this.ranges.get(number);
    if (!range) return;
    for (let k = range[0]; k < range[1]; k++) {
      for (let i = this.starts[k]; i < this.starts[k + 1]; i++) {
        f(this.slots[k], this.buckets[i], this.counts[i]);
      }
    }
  }

  // Moves the counts of a histogram to other buckets.
  move(number, place) {
    const range = this.ranges.get(number);
    if (!range) return;
    for (let i = this.starts[range[0]]; i < this.starts[range[1]]; i++) {
      this.buckets[i] = place(this.buckets[i]);
    }
  }

  get bytes() {
    const sparse = this.slots ? this.slots.length * 8 + this.buckets.length * 6 : 0;
    return this.values.byteLength + sparse + this.ranges.size * 64 + 256;
  }
}

// The counts by bucket of one frame, while it is read.
export class Counts {
  slots = [];
  starts = [];
  buckets = [];
  counts = [];
  ranges = new Map();

  begin() {
    this.from = this.slots.length;
  }

  add(slot, bucket, count) {
    const isNew = this.slots.length === this.from || this.slots.at(-1) !== slot;
    if (isNew) {
      this.slots.push(slot);
      this.starts.push(this.buckets.length);
    }
    this.buckets.push(bucket);
    this.counts.push(count);
  }

  end(number) {
    if (this.slots.length > this.from) this.ranges.set(number, [this.from, this.slots.length]);
  }

  into(frame) {
    if (this.slots.length === 0) return;
    frame.slots = Uint32Array.from(this.slots);
    frame.starts = Uint32Array.from([...this.starts, this.buckets.length]);
    frame.buckets = Uint16Array.from(this.buckets);
    frame.counts = Float32Array.from(this.counts);
    frame.ranges = this.ranges;
  }
}
