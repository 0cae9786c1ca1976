import { describe, expect, it } from 'vitest';
import { withUpserts } from './useLiveItems';

const item = (id: string, version: number) => ({ id, version });
const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);

describe('a list that follows its topic', () => {
  const known = [item('a', 2), item('c', 1)];

  it('takes in what is new and what is newer, in order', () => {
    expect(withUpserts(known, { upsert: [item('b', 1), item('a', 3)] }, byId)).toEqual([
      item('a', 3),
      item('b', 1),
      item('c', 1),
    ]);
  });

  it('keeps what it has when something older arrives late', () => {
    expect(withUpserts(known, { upsert: [item('a', 1)] }, byId)).toEqual(known);
  });

  it('lets go of what is gone', () => {
    expect(withUpserts(known, { remove: ['a'] }, byId)).toEqual([item('c', 1)]);
  });
});
