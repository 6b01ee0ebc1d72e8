// What happened in the browser, for the program outside to judge.

export interface PanelStatus {
  title: string;
  type: string;
  state: string;
  size: number;
  /** What it shows, where that is text. */
  texts?: string[];
}
export interface QueryStatus {
  expr: string;
  series: number;
  error?: string;
}

export const status = {
  panels: {} as Record<number, PanelStatus>,
  queries: [] as QueryStatus[],
  errors: [] as string[],
};

(window as unknown as { rendering: typeof status }).rendering = status;
window.addEventListener('error', ({ message }) => status.errors.push(message));
window.addEventListener('unhandledrejection', ({ reason }) => status.errors.push(String(reason?.stack ?? reason)));

/** What the page was asked to show, in its URL. */
export const asked = new URLSearchParams(location.search);
