// Numbers and UCUM units for people.

const SECONDS = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 };
const BYTES = {
  By: 1,
  kBy: 1e3,
  MBy: 1e6,
  GBy: 1e9,
  TBy: 1e12,
  KiBy: 2 ** 10,
  MiBy: 2 ** 20,
  GiBy: 2 ** 30,
  TiBy: 2 ** 40,
};
const TIME_STEPS = [
  [86400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];
const BYTE_STEPS = [
  [2 ** 50, "PiB"],
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];
const SI_STEPS = [
  [1e18, "E"],
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
];
const NAMES = { Cel: "°C", "[degF]": "°F", 1: "", "%": "%", bit: "bit", Hz: "Hz" };
// The base units, in the words of the metric's description.
const WORDS = {
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  min: "minutes",
  h: "hours",
  d: "days",
  By: "bytes",
};
const RATIO = /(^|[._])(utilization|ratio|fraction|share)$/;

// Three significant digits; integers below 10,000 as they are.
export function digits(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  if (size === 0) return "0";
  let text;
  if (Number.isInteger(value) && size < 10_000) text = group(String(size));
  else if (size >= 1e21 || size < 1e-4) text = size.toExponential(1);
  else if (size >= 999.5) text = group(size.toFixed(0));
  else text = size.toFixed(Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(size)))));
  return value < 0 ? `−${text}` : text;
}

// An integer of any size with its digits in groups of three.
export function group(text) {
  return text.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

function scaled(value, steps, smallest) {
  const size = Math.abs(value);
  // No prefix brings numbers beyond these nearer to people.
  if (!Number.isFinite(value) || size === 0 || size >= 1e21) return [digits(value), smallest];
  // 999.7 would be written as 1000.
  const [step, name] = steps.find(([step]) => size >= step * 0.9995) ?? steps.at(-1);
  return [digits(value / step), name];
}

// The words of an annotation: `{request}` is `request`.
export function unitName(unit) {
  return NAMES[unit] ?? unit.replace(/[{}]/g, "");
}

export function unitWords(unit) {
  return WORDS[unit] ?? unitName(unit);
}

// How values of a metric are written. `split` gives the number and what follows it.
export function format(metric, isRate) {
  const { unit, name } = metric;
  const per = isRate ? "/s" : "";
  const make = (split, base = 10) => ({
    split,
    text: (value) => written(split(value)),
    // Axes have round numbers: 0.5 instead of 0.500.
    axis: (value) => {
      const [number, suffix] = split(value);
      return written([number.includes(".") ? number.replace(/\.?0+$/, "") : number, suffix]);
    },
    base,
  });
  if (unit in SECONDS) {
    return make((value) => {
      const seconds = value * SECONDS[unit];
      // Half a minute is 30 s, not 0.5 min; 90 s are 1.5 min.
      const [number, step] = scaled(seconds, TIME_STEPS, "s");
      return [number, step + per];
    });
  }
  if (unit in BYTES) {
    return make((value) => {
      const [number, step] = scaled(value * BYTES[unit], BYTE_STEPS, "B");
      return [number, step + per];
    }, 2);
  }
  if (!isRate && (unit === "%" || (unit === "1" && RATIO.test(name)))) {
    const factor = unit === "%" ? 1 : 100;
    return make((value) => [digits(value * factor), "%"]);
  }
  const annotated = /^\{.*\}$/.test(unit) || unit === "";
  const suffix = annotated ? "" : unitName(unit);
  return make((value) => {
    const size = Math.abs(value);
    const small = size < 1 || (Number.isInteger(value) && size < 10_000);
    const [number, prefix] = small ? [digits(value), ""] : scaled(value, SI_STEPS, "");
    return [number, prefix + suffix + per];
  });
}

function written(parts) {
  return parts.filter(Boolean).join("\u202f");
}

// Measurements in a second.
export const RATE = format({ name: "", unit: "" }, true);

// `3 min 12 s`
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const parts = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const first = parts.findIndex(([size]) => s >= size);
  if (first < 0) return "0 s";
  let left = s;
  return parts
    .slice(first, first + 2)
    .map(([size, name]) => {
      const count = Math.floor(left / size);
      left -= count * size;
      return count > 0 ? `${count} ${name}` : "";
    })
    .filter(Boolean)
    .join(" ");
}

export function clock(ms, seconds = true) {
  const date = new Date(ms);
  const two = (n) => String(n).padStart(2, "0");
  const text = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return seconds ? `${text}:${two(date.getSeconds())}` : text;
}
