import type { Department } from '../api/rights';

export interface Node {
  readonly department: Department;
  readonly children: readonly Node[];
}

const byName = (a: Department, b: Department) => a.name.localeCompare(b.name);

/** The departments as a tree. One whose parent is not there stands at the top, so that none is ever lost from sight. */
export function toTree(all: readonly Department[], withClosed: boolean): Node[] {
  const shown = all.filter((each) => withClosed || each.open);
  const known = new Set(shown.map((each) => each.id));
  const below = new Map<string | null, Department[]>();
  for (const each of shown) {
    const parent = each.parentId !== null && known.has(each.parentId) ? each.parentId : null;
    below.set(parent, [...(below.get(parent) ?? []), each]);
  }
  const under = (id: string | null): Node[] =>
    [...(below.get(id) ?? [])].sort(byName).map((department) => ({ department, children: under(department.id) }));
  return under(null);
}

/** Whether a department is another one or lies below it. */
export function isWithin(all: readonly Department[], id: string, top: string): boolean {
  const parents = new Map(all.map((each) => [each.id, each.parentId]));
  let at: string | null | undefined = id;
  for (let depth = 0; depth < 100 && at != null; depth++) {
    if (at === top) return true;
    at = parents.get(at);
  }
  return false;
}

/** "Sales / East / Shanghai" for each department. */
export function pathNames(all: readonly Department[]): Map<string, string> {
  const known = new Map(all.map((each) => [each.id, each]));
  const names = new Map<string, string>();
  for (const each of all) {
    const path: string[] = [];
    let at: Department | undefined = each;
    for (let depth = 0; depth < 100 && at; depth++) {
      path.unshift(at.name);
      at = at.parentId === null ? undefined : known.get(at.parentId);
    }
    names.set(each.id, path.join(' / '));
  }
  return names;
}

/** The region that holds for the people of a department: its own, or that of the nearest one above. */
export function regionOf(all: readonly Department[], id: string | null): string | null {
  const known = new Map(all.map((each) => [each.id, each]));
  let at = id === null ? undefined : known.get(id);
  for (let depth = 0; depth < 100 && at; depth++) {
    if (at.region) return at.region;
    at = at.parentId === null ? undefined : known.get(at.parentId);
  }
  return null;
}
