import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '../i18n/i18n';
import { Toasts } from './Toasts';
import { toast } from './toast';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  act(() => vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
});

describe('a toast', () => {
  it('undoes once and is gone', () => {
    const undo = vi.fn();
    render(<Toasts />);
    act(() => toast('done', 'moved', { action: { label: 'undo', run: undo } }));
    fireEvent.click(screen.getByTestId('toast-undo'));
    expect(undo).toHaveBeenCalledOnce();
    expect(screen.queryByText('moved')).toBeNull();
  });

  it('stays longer when something went wrong', () => {
    render(<Toasts />);
    act(() => {
      toast('done', 'good news');
      toast('bad', 'bad news');
    });
    act(() => vi.advanceTimersByTime(7_000));
    expect(screen.queryByText('good news')).toBeNull();
    expect(screen.getByText('bad news')).toBeTruthy();
  });

  it('gives way to the next one about the same', () => {
    render(<Toasts />);
    act(() => {
      toast('done', 'moved', { about: 'a' });
      toast('done', 'moved too', { about: 'b' });
      toast('done', 'lost', { about: 'a' });
    });
    expect(screen.queryByText('moved')).toBeNull();
    expect(screen.getByText('moved too')).toBeTruthy();
    expect(screen.getByText('lost')).toBeTruthy();
  });

  it('never covers the screen: only the last four are shown', () => {
    render(<Toasts />);
    act(() => {
      for (let i = 1; i <= 6; i++) toast('info', `note ${i}`);
    });
    expect(screen.queryByText('note 2')).toBeNull();
    expect(screen.getAllByTestId('toast-info')).toHaveLength(4);
  });
});
