/** Verbs that only the server itself gives: nobody is granted them singly. */
const internal: Readonly<Record<string, readonly string[]>> = {
  leads: ['capture', 'hand-over', 'name-customer', 'step-due', 'withdraw'],
  opportunities: ['name-customer', 'step-due'],
  customers: ['make-formal'],
  contacts: ['assign', 'name-customer'],
  imports: ['fail', 'finish', 'finish-undo', 'progress', 'request', 'start', 'undo-progress'],
  users: ['register', 'set-locale'],
  roles: ['create'],
  targets: ['create'],
  'api-keys': ['issue'],
  sessions: ['create', 'start', 'refuse'],
  factors: ['create', 'enrol-totp', 'remove-totp', 'renew-codes', 'add-passkey', 'remove-passkey', 'link-company'],
  mails: ['create', 'queue', 'note-sent', 'note-failure', 'hold'],
  'company-sign-ins': ['create', 'set-secret'],
  tenants: ['create', 'open', 'suspend', 'resume'],
  handovers: ['create', 'finish', 'progress', 'finish-undo', 'undo-progress'],
  policies: ['create'],
  exports: ['create', 'request', 'deny', 'start', 'finish', 'fail', 'expire', 'note-download'],
  alerts: ['create', 'raise'],
  audit: ['create', 'note'],
};

/** Slices whose records are people's business, and not a part of the settings: they alone are shared, exported and erased. */
const business: readonly string[] = ['leads', 'opportunities', 'customers', 'contacts'];
const businessOnly: readonly string[] = ['share', 'export', 'erase'];

const first: readonly string[] = ['read', 'create', 'amend', 'assign'];

/** The verbs of a slice that a screen offers, the common ones first. Those it does not know yet come too. */
export function shownVerbs(verbs: readonly string[], slice: string): string[] {
  const rank = (verb: string) => {
    const at = first.indexOf(verb);
    return at >= 0 ? at : businessOnly.includes(verb) ? first.length + 1 : first.length;
  };
  return verbs
    .filter((verb) => !internal[slice]?.includes(verb) && (business.includes(slice) || !businessOnly.includes(verb)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** A share belongs to the record that is shared; it is granted there. */
export const isShown = (slice: string): boolean => slice !== 'shares';
