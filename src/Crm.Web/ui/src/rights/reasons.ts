import type { Reason } from '../api/rights';
import { i18next } from '../i18n/i18n';

interface Words {
  readonly name: string;
  readonly owner: string;
  readonly role: string;
  readonly verb: string;
}

/** A reason in the reader's language by its code; one that is not known here is told in the server's words. */
export function reasonText(reason: Reason, words: Words): string {
  const key = `rights.explain.reasons.${reason.code}.${reason.holds ? 'yes' : 'no'}`;
  return i18next.exists(key) ? i18next.t(key as 'rights.explain.reasons.active.yes', { ...words }) : reason.sentence;
}
