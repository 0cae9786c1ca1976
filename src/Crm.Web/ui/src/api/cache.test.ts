import { describe, expect, it } from 'vitest';
import { cache, keys, newer, patchRecord, putRecord } from './cache';
import type { Lead } from './types';

const lead = (version: number, name = 'Ada') => ({ id: 'a', version, name }) as Lead;

describe('the cache', () => {
  it('keeps the reading with more events; of equals the later one', () => {
    expect(newer(lead(3), lead(2)).version).toBe(3);
    expect(newer(lead(2), lead(3)).version).toBe(3);
    expect(newer(lead(2, 'old'), lead(2, 'new')).name).toBe('new');
  });

  it('replaces a record in every loaded list, unless the list is ahead', () => {
    const key = keys.list('leads', {});
    cache.setQueryData(key, { pages: [{ items: [lead(2), { ...lead(9), id: 'b' }] }], pageParams: [undefined] });
    putRecord('leads', lead(3, 'Grace'));
    putRecord('leads', { ...lead(8, 'late'), id: 'b' });
    expect(cache.getQueryData(key)).toMatchObject({ pages: [{ items: [{ name: 'Grace' }, { name: 'Ada' }] }] });
  });

  it('takes an optimistic change back, unless the server has moved on', () => {
    cache.setQueryData(keys.record('leads', 'a'), lead(5));
    const takeBack = patchRecord('leads', 'a', { name: 'mine' });
    expect(cache.getQueryData<Lead>(keys.record('leads', 'a'))?.name).toBe('mine');
    takeBack();
    expect(cache.getQueryData<Lead>(keys.record('leads', 'a'))?.name).toBe('Ada');

    const late = patchRecord('leads', 'a', { name: 'mine' });
    putRecord('leads', lead(6, 'theirs'));
    late();
    expect(cache.getQueryData<Lead>(keys.record('leads', 'a'))?.name).toBe('theirs');
  });
});
