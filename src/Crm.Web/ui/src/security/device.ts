const systems = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X|Macintosh/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
] as const;
const browsers = [
  ['Edge', /Edg\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /Chrome\//],
  ['Safari', /Safari\//],
] as const;

/** A browser's own name for itself, as short as people say it: "Chrome · Windows". */
export function deviceOf(agent: string): string | undefined {
  const name = (known: readonly (readonly [string, RegExp])[]) => known.find(([, mark]) => mark.test(agent))?.[0];
  const parts = [name(browsers), name(systems)].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(' · ') : undefined;
}
