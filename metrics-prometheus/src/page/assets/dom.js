// Elements. Texts become text nodes, never markup.

// el("p", { class: "x", text: "y", attr: { title: "z" }, on: { click } }, child, …)
export function el(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [name, value] of Object.entries(options.attr ?? {})) {
    element.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(options.on ?? {})) {
    element.addEventListener(name, listener);
  }
  element.append(...children);
  return element;
}

// Changes a text only if it differs, so that nothing is laid out anew in vain.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function byId(id) {
  return document.getElementById(id);
}

const MAX_SHOWN = 120;

// Text of the program, as one line that cannot disturb the text around it: control characters are
// visible, marks that change the direction of text are too, and long text is cut.
export function shown(value, max = MAX_SHOWN) {
  let text = String(value);
  if (text.length > max) text = `${text.slice(0, max)}…`;
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => {
      const names = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
      return names[c] ?? `\\u{${c.charCodeAt(0).toString(16)}}`;
    },
  );
}
