import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cache, keys } from '../api/cache';
import type { Access, FieldAccess } from '../api/rights';
import type { Lead } from '../api/types';
import { seenByMe } from '../session/testing';
import '../i18n/i18n';
import { type FieldSpec, RecordFields } from './RecordFields';

const region: FieldSpec = { key: 'region', label: 'Region', kind: 'text' };
const lead = (value: string | null) => ({ id: 'a', version: 1, region: value }) as Lead;

const rightsWith = (fields: Record<string, FieldAccess>, verbs = ['amend']): Access => ({
  role: 'sales',
  everything: false,
  slices: { leads: { verbs, fields } },
});

function show(value: string | null, field = region, access = rightsWith({}), kept = true) {
  cache.setQueryData(keys.access, access);
  const amend = vi.fn(async () => kept);
  const view = (record: Lead) =>
    seenByMe(<RecordFields slice="leads" record={record} fields={[field]} amend={amend} />);
  const { rerender } = render(view(lead(value)));
  return { amend, arrives: (next: string) => rerender(view(lead(next))) };
}
const editor = () => screen.getByTestId('edit-region') as HTMLInputElement;

afterEach(cleanup);

describe('a field edited in place', () => {
  it('is kept with Enter, together with what was seen when typing began', () => {
    const { amend } = show('East');
    fireEvent.click(screen.getByTestId('field-region'));
    fireEvent.change(editor(), { target: { value: ' South ' } });
    fireEvent.keyDown(editor(), { key: 'Enter' });
    expect(amend).toHaveBeenCalledExactlyOnceWith({ region: 'South' }, { region: 'East' });
  });

  it('is still there when it was refused, and is not tried again until it is mended', async () => {
    const { amend } = show('East', region, rightsWith({}), false);
    fireEvent.click(screen.getByTestId('field-region'));
    fireEvent.change(editor(), { target: { value: 'Nowhere' } });
    fireEvent.blur(editor());
    await screen.findByTestId('edit-region');
    expect(editor().value).toBe('Nowhere');
    fireEvent.blur(editor());
    expect(amend).toHaveBeenCalledOnce();
    fireEvent.change(editor(), { target: { value: 'South' } });
    fireEvent.blur(editor());
    expect(amend).toHaveBeenLastCalledWith({ region: 'South' }, { region: 'East' });
  });

  it('is left as it was with Escape', () => {
    const { amend } = show('East');
    fireEvent.click(screen.getByTestId('field-region'));
    fireEvent.change(editor(), { target: { value: 'South' } });
    fireEvent.keyDown(editor(), { key: 'Escape' });
    expect(amend).not.toHaveBeenCalled();
    expect(screen.getByTestId('field-region').textContent).toBe('East');
  });

  it('is cleared with nothing, unless it is required', () => {
    const { amend } = show('East');
    fireEvent.click(screen.getByTestId('field-region'));
    fireEvent.change(editor(), { target: { value: '' } });
    fireEvent.blur(editor());
    expect(amend).toHaveBeenCalledExactlyOnceWith({ region: null }, { region: 'East' });
    cleanup();

    const required = show('East', { ...region, required: true });
    fireEvent.click(screen.getByTestId('field-region'));
    fireEvent.change(editor(), { target: { value: '' } });
    fireEvent.blur(editor());
    expect(required.amend).not.toHaveBeenCalled();
  });

  it('keeps what is being typed when a colleague’s change arrives, and says from where it started', () => {
    const { amend, arrives } = show('East');
    fireEvent.click(screen.getByTestId('field-region'));
    fireEvent.change(editor(), { target: { value: 'South' } });
    arrives('North');
    expect(editor().value).toBe('South');
    fireEvent.keyDown(editor(), { key: 'Enter' });
    expect(amend).toHaveBeenCalledExactlyOnceWith({ region: 'South' }, { region: 'East' });
  });
});

describe('a field under a role', () => {
  it('is not there when it is hidden', () => {
    show('East', region, rightsWith({ region: 'hidden' }));
    expect(screen.queryByText('Region')).toBeNull();
  });

  it.each(['masked', 'read'] as const)('is shown and not edited when it is %s', (right) => {
    show('****East', region, rightsWith({ region: right }));
    expect(screen.getByTestId('fixed-region').textContent).toBe('****East');
    expect(screen.queryByTestId('field-region')).toBeNull();
  });

  it('is only shown to those who amend nothing', () => {
    show('East', region, rightsWith({}, ['read']));
    expect(screen.queryByTestId('field-region')).toBeNull();
    expect(screen.getByText('East')).toBeTruthy();
  });
});
