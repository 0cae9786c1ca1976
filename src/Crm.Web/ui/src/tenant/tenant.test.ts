import { describe, expect, it } from 'vitest';
import type { ModuleState } from './api';
import { currencyCodes, zoneOffset } from './choices';
import { shareOf } from './TenantFiles';
import { changesOf } from './TenantForm';
import { goneWith } from './TenantModules';

const module = (key: ModuleState['key'], on = true, needs: ModuleState['needs'] = []): ModuleState => ({
  key,
  on,
  switchedOff: !on,
  needs,
  slices: [key],
});

describe('the company’s settings', () => {
  it('name only what differs', () => {
    const known = { name: 'Demo', currency: 'CNY', timeZone: 'Asia/Shanghai', locale: 'zh-CN' } as const;
    expect(changesOf(known, known)).toEqual({});
    expect(changesOf(known, { ...known, locale: 'en', name: 'New' })).toEqual({ locale: 'en', name: 'New' });
  });

  it('tell which modules go along with one', () => {
    const all = [module('leads'), module('customers'), module('imports', true, ['leads'])];
    expect(goneWith(all, 'leads')).toEqual(['imports']);
    expect(goneWith(all, 'customers')).toEqual([]);
    expect(goneWith([module('leads'), module('imports', false, ['leads'])], 'leads')).toEqual([]);
  });

  it('offer every currency once, the usual ones first', () => {
    const codes = currencyCodes();
    expect(codes[0]).toBe('CNY');
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('say how much of the room for files is taken', () => {
    expect([shareOf(0, 100), shareOf(1, 10_000), shareOf(50, 100), shareOf(9_999, 10_000)]).toEqual([0, 1, 50, 99]);
    expect([shareOf(100, 100), shareOf(150, 100), shareOf(5, 0)]).toEqual([100, 100, 100]);
  });

  it('say how far a zone is from UTC', () => {
    expect(zoneOffset('Asia/Shanghai')).toBe('GMT+8');
  });
});
