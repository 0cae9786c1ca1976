import type { KeyboardEvent } from 'react';

/**
 * Keeps what was typed on Enter and swallows the key: if keeping opens a dialog, the focus moves into it at once, and
 * the rest of the same key press would click the dialog's first button.
 */
export function keepAndStay(event: KeyboardEvent, keep: () => void): void {
  event.preventDefault();
  keep();
}
