// Asks the program for samples, for as long as the page is open.

const VISIBLE_MS = 1000;
const HIDDEN_MS = 10_000;
const TIMEOUT_MS = 10_000;
// The page works at most this share of the time.
const SHARE = 0.2;

export class Feed {
  constructor({ onSample, onFailure }) {
    this.onSample = onSample;
    this.onFailure = onFailure;
    this.interval = VISIBLE_MS;
    this.isAsking = false;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.ask();
    });
  }

  start() {
    this.ask();
  }

  async ask() {
    if (this.isAsking) return;
    this.isAsking = true;
    clearTimeout(this.timer);
    const begin = performance.now();
    let busy = 0;
    try {
      const response = await fetch("data.json", {
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const text = await response.text();
      const received = performance.now();
      this.onSample(JSON.parse(text), this.interval);
      busy = performance.now() - received;
    } catch (error) {
      this.onFailure(reason(error));
    }
    this.isAsking = false;
    const wanted = document.hidden ? HIDDEN_MS : VISIBLE_MS;
    this.interval = Math.max(wanted, Math.round(busy / SHARE));
    // Samples keep their rhythm, however long the answer took.
    const wait = Math.max(this.interval / 10, this.interval - (performance.now() - begin));
    this.timer = setTimeout(() => this.ask(), wait);
  }
}

function reason(error) {
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  // Browsers give no reason for a connection that was refused.
  if (error instanceof TypeError) return "";
  return error.message;
}
