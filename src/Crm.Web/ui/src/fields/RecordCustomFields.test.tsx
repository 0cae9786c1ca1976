import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cache, keys } from '../api/cache';
import type { Custom, CustomField } from '../api/types';
import { seenByMe } from '../session/testing';
import '../i18n/i18n';
import { RecordCustomFields } from './RecordCustomFields';

const field = (key: string, type: CustomField['type']): CustomField => ({
  key,
  type,
  label: { zh: null, en: key },
  required: false,
  scale: null,
  options: [],
  expression: null,
  result: null,
  retired: false,
});

function show(custom: Custom, kept = true) {
  const amend = vi.fn(async () => kept);
  render(seenByMe(<RecordCustomFields slice="leads" custom={custom} amend={amend} />));
  return amend;
}
const editor = (key: string) => screen.getByTestId(`edit-custom-${key}`) as HTMLInputElement;

beforeEach(() => {
  cache.setQueryData(keys.access, {
    role: 'sales',
    everything: false,
    slices: { leads: { verbs: ['amend'], fields: {} } },
  });
  cache.setQueryData(keys.fields, {
    items: [{ slice: 'leads', fields: [field('budget', 'money'), field('site', 'link')] }],
  });
});
afterEach(cleanup);

describe('a value of a field the tenant added', () => {
  it('is still in its editor when it was refused', async () => {
    const amend = show({ site: 'https://example.com' }, false);
    fireEvent.click(screen.getByTestId('field-custom-site'));
    fireEvent.change(editor('site'), { target: { value: 'nonsense' } });
    fireEvent.click(screen.getByTestId('keep-custom-site'));
    expect(amend).toHaveBeenCalledExactlyOnceWith(
      { custom: { site: 'nonsense' } },
      { custom: { site: 'https://example.com' } },
    );
    await screen.findByTestId('edit-custom-site');
    expect(editor('site').value).toBe('nonsense');
  });

  it('is an amount as people write it, in the currency it was in', () => {
    const amend = show({ budget: { amount: '5', currency: 'USD' } });
    fireEvent.click(screen.getByTestId('field-custom-budget'));
    fireEvent.change(editor('budget'), { target: { value: 'a lot' } });
    fireEvent.click(screen.getByTestId('keep-custom-budget'));
    expect(amend).not.toHaveBeenCalled();
    expect(editor('budget').value).toBe('a lot');
    fireEvent.change(editor('budget'), { target: { value: '1.2万' } });
    fireEvent.click(screen.getByTestId('keep-custom-budget'));
    expect(amend).toHaveBeenCalledExactlyOnceWith(
      { custom: { budget: { amount: '12000', currency: 'USD' } } },
      { custom: { budget: { amount: '5', currency: 'USD' } } },
    );
  });
});
