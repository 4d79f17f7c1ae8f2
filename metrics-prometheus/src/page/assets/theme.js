// Light or dark: as the system says, or as the reader chose.

const KEY = "typed-metrics-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const colors = {};

function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // The browser may forbid storage.
    return null;
  }
}

function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : system.matches;
}

// Canvases know no variables, so an element computes the colours.
function readColors() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  for (const name of ["muted", "grid", "heat", "p50", "p95", "p99", "mark", "on-series"]) {
    colors[name] = read(name);
  }
  colors.series = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => read(`series-${n}`));
  probe.remove();
}

export function startTheme(button, onChange) {
  const theme = chosen();
  if (theme) document.documentElement.dataset.theme = theme;
  const changed = () => {
    readColors();
    button.setAttribute("aria-label", isDark() ? "Use the light theme" : "Use the dark theme");
    onChange();
  };
  system.addEventListener("change", changed);
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // The choice then lasts as long as the page.
    }
    changed();
  });
  changed();
}
