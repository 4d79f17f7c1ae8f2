// The search: words, and conditions such as `route=/cart`.

const TOKEN = /([^\s"=!]+)(!?=)(?:"((?:[^"\\]|\\.)*)"|(\S*))|"((?:[^"\\]|\\.)*)"|(\S+)/g;

export class Filter {
  constructor(query) {
    this.query = query;
    this.words = [];
    this.conditions = [];
    for (const [, name, sign, quoted, plain, phrase, word] of query.matchAll(TOKEN)) {
      if (name !== undefined) {
        this.conditions.push({ name, isNot: sign === "!=", value: unquote(quoted) ?? plain });
      } else {
        this.words.push((unquote(phrase) ?? word).toLowerCase());
      }
    }
  }

  get isEmpty() {
    return this.words.length === 0 && this.conditions.length === 0;
  }

  // Marks the matching series of a metric, and whether the metric is shown.
  apply(metric) {
    const { kind, dropped } = metric;
    const own = { kind, is: dropped.length > 0 ? "warning" : "fine" };
    const about = `${metric.name}\n${metric.description}\n${metric.unit}`.toLowerCase();
    const words = this.words.filter((word) => !about.includes(word));
    const conditions = [];
    let isShown = true;
    for (const condition of this.conditions) {
      if (condition.name in own && !metric.labels.includes(condition.name)) {
        isShown &&= (own[condition.name] === condition.value) !== condition.isNot;
      } else {
        conditions.push(condition);
      }
    }
    const matching = [];
    for (const series of metric.series) {
      series.matches = isShown && this.matches(series, words, conditions);
      if (series.matches) matching.push(series);
    }
    // Other series than before are added up.
    metric.aggregates = new WeakMap();
    metric.matching = matching;
    const isUnrestricted = words.length === 0 && conditions.length === 0;
    metric.isShown = isShown && (matching.length > 0 || isUnrestricted);
  }

  matches(series, words, conditions) {
    return (
      words.every((word) => series.searched.includes(word)) &&
      conditions.every(({ name, value, isNot }) => {
        const label = series.labels.find(([found]) => found === name);
        return label ? (String(label[1]) === value) !== isNot : isNot;
      })
    );
  }
}

function unquote(text) {
  return text?.replace(/\\(.)/gs, "$1");
}

export function condition(name, value) {
  const text = String(value);
  const isPlain = /^[^\s"\\]+$/.test(text);
  return `${name}=${isPlain ? text : `"${text.replace(/["\\]/g, "\\$&")}"`}`;
}

// The query with the condition, or without it if it is there.
export function toggled(query, name, value) {
  const wanted = condition(name, value);
  const tokens = [...query.matchAll(TOKEN)].map(([token]) => token);
  const rest = tokens.filter((token) => token !== wanted);
  return (rest.length < tokens.length ? rest : [...rest, wanted]).join(" ");
}
