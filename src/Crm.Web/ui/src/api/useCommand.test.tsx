import { QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { cache } from './cache';
import { useCommand } from './useCommand';

it('finishes with what was shown when the button was pressed, not with what came live since', async () => {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const seen: string[] = [];
  const { result, rerender } = renderHook(
    ({ owner }) =>
      useCommand(
        () => answered,
        () => seen.push(owner),
      ),
    {
      initialProps: { owner: 'before' },
      wrapper: ({ children }) => <QueryClientProvider client={cache}>{children}</QueryClientProvider>,
    },
  );
  act(() => result.current.mutate(undefined));
  await waitFor(() => expect(result.current.isPending).toBe(true));
  rerender({ owner: 'after' });
  answer();
  await waitFor(() => expect(seen).toEqual(['before']));
});
