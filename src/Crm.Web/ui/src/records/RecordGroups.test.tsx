import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cache, keys } from '../api/cache';
import type { Access } from '../api/rights';
import type { Groups } from '../api/types';
import { seenByMe } from '../session/testing';
import '../i18n/i18n';
import type { FilterField } from './RecordFilterBar';
import { RecordGroups } from './RecordGroups';

const access: Access = { role: 'sales', everything: false, slices: { opportunities: { verbs: ['read'], fields: {} } } };
const stage: FilterField = {
  key: 'stage',
  label: 'Stage',
  kind: 'choice',
  options: [{ value: 'quote', label: 'Quoted' }],
};

function show(groups: Groups, field = stage, chosen?: string) {
  cache.setQueryData(keys.access, access);
  cache.setQueryData(
    keys.groups('opportunities', { by: field.key, sum: 'amount', filter: undefined, q: undefined }),
    groups,
  );
  const choose = vi.fn();
  render(
    seenByMe(
      <RecordGroups
        slice="opportunities"
        field={field}
        filter={undefined}
        q={undefined}
        sum="amount"
        chosen={chosen}
        onChoose={choose}
      />,
    ),
  );
  return choose;
}

afterEach(() => {
  cleanup();
  cache.clear();
});

describe('groups of a list', () => {
  it('are buttons with a name, a count and a sum for each currency', () => {
    show({
      items: [
        {
          value: 'quote',
          count: 1234,
          sums: [
            { amount: '10.50', currency: 'CNY' },
            { amount: '3.00', currency: 'USD' },
          ],
        },
        { value: 'gone', count: 1, sums: [] },
      ],
      more: true,
    });
    const [quoted, gone] = screen.getAllByRole('button');
    expect(quoted?.textContent).toMatch(/^Quoted1,234.*10\.5.*3/);
    expect(quoted?.getAttribute('aria-pressed')).toBe('false');
    expect(gone?.textContent).toBe('gone1');
    expect(screen.getByTestId('groups').textContent).toContain('2');
  });

  it('are looked into by a click, and out of by another', () => {
    const items = [
      { value: 'quote', count: 2 },
      { value: null, count: 1 },
    ];
    const into = show({ items });
    fireEvent.click(screen.getByTestId('group-'));
    expect(into).toHaveBeenCalledExactlyOnceWith('');
    cleanup();

    const out = show({ items }, stage, 'quote');
    expect(screen.getByTestId('group-quote').getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByTestId('group-quote'));
    expect(out).toHaveBeenCalledExactlyOnceWith(undefined);
  });

  it('of days are named by their month, and what is empty says so', () => {
    show(
      {
        items: [
          { value: '2026-11', count: 2 },
          { value: null, count: 1 },
        ],
      },
      { key: 'closedOn', label: 'Closed', kind: 'day' },
    );
    expect(screen.getByTestId('group-2026-11').textContent).toMatch(/2026/);
    expect(screen.getByTestId('group-').textContent).not.toBe('1');
  });
});
