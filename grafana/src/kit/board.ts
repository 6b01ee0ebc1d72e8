// The panels of a dashboard that was read from JSON.

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed JSON has no types */

/** All panels of a dashboard without its rows, including those in closed rows. */
export const panelsOf = (board: any): any[] =>
  board.panels.flatMap((panel: any) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]));
