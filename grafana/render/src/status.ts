// Collects the results in the browser for run.mjs.

export interface PanelStatus {
  title: string;
  type: string;
  state: string;
  size: number;
  /** The text that the panel shows, if it shows text. */
  texts?: string[];
}
export interface QueryStatus {
  /** The title of the panel; none for a variable. */
  panel?: string;
  expr: string;
  /** The request to Prometheus. */
  path?: string;
  parameters?: Record<string, string>;
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

/** The parameters in the URL of the page. */
export const parameters = new URLSearchParams(location.search);
