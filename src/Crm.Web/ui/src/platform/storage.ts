/** What this browser remembers about its user's taste. Never business data. */
export type Remembered = 'theme' | 'locale' | 'nav' | 'login' | 'company' | 'pipeline' | `columns.${string}`;

export function recall<T>(key: Remembered): T | undefined {
  try {
    const text = localStorage.getItem(`crm.${key}`);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined; // Private windows may refuse storage: the default is good enough.
  }
}

export function remember<T>(key: Remembered, value: T): void {
  try {
    localStorage.setItem(`crm.${key}`, JSON.stringify(value));
  } catch {
    // See recall.
  }
}
