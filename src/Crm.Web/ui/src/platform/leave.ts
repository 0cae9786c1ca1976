/** Leaves for a page of somebody else. */
export function leaveFor(url: string): void {
  window.location.assign(url);
}

/** What follows the # of the address: it never reaches a server. */
export const fragment = (): string => window.location.hash.replace(/^#/, '');

/** Takes the fragment out of the address and the history, so that nobody finds it there later. */
export function hideFragment(): void {
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
}
