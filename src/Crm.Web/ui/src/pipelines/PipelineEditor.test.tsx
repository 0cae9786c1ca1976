import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cache } from '../api/cache';
import { pipelines } from '../api/crm';
import type { Pipeline } from '../api/types';
import '../i18n/i18n';
import { PipelineEditor } from './PipelineEditor';

const pipeline: Pipeline = {
  id: 'p',
  version: 3,
  key: 'simple',
  name: '标准销售',
  nameEn: 'Standard sales',
  retired: false,
  stages: [
    { key: 'contact', name: '初步接洽', nameEn: 'First contact', winRate: 10, retired: false },
    { key: 'own', name: '自定义', nameEn: null, winRate: 50, retired: false },
    { key: 'signed', name: '签单', nameEn: 'Order signed', winRate: 100, retired: false },
  ],
};
const tell = vi.spyOn(pipelines, 'tell');
const input = (testId: string) => screen.getByTestId(testId) as HTMLInputElement;
const write = (testId: string, text: string) => {
  fireEvent.change(input(testId), { target: { value: text } });
  fireEvent.blur(input(testId));
};

beforeEach(() => {
  tell.mockReset().mockResolvedValue({} as never);
  render(
    <QueryClientProvider client={cache}>
      <PipelineEditor pipeline={pipeline} />
    </QueryClientProvider>,
  );
});
afterEach(cleanup);

describe('the editor of a pipeline', () => {
  it('shows both names, whatever the reader’s language', () => {
    expect([input('pipeline-rename').value, input('pipeline-rename-en').value]).toEqual(['标准销售', 'Standard sales']);
    expect([input('stage-name-contact').value, input('stage-name-contact-en').value]).toEqual([
      '初步接洽',
      'First contact',
    ]);
    expect(input('stage-name-own-en').value).toBe('');
  });

  it('keeps the other name when one is changed', async () => {
    write('stage-name-contact', '初次接触');
    write('pipeline-rename-en', 'Usual sales');
    await waitFor(() => expect(tell).toHaveBeenCalledTimes(2));
    expect(tell.mock.calls.map(([, verb, body]) => [verb, body])).toEqual([
      ['rename-stage', { stage: 'contact', name: '初次接触', nameEn: 'First contact' }],
      ['rename', { name: '标准销售', nameEn: 'Usual sales' }],
    ]);
  });

  it('takes the English name away where it is emptied, and never the other', async () => {
    write('stage-name-contact-en', ' ');
    write('stage-name-own', '');
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    expect(tell.mock.calls[0]?.slice(1, 3)).toEqual(['rename-stage', { stage: 'contact', name: '初步接洽' }]);
    await waitFor(() => expect(input('stage-name-own').value).toBe('自定义'));
  });

  it('retires and rates every stage but the won one, without which nothing is won', () => {
    const isFixed = (testId: string) => (screen.getByTestId(testId) as HTMLButtonElement).disabled;
    expect([isFixed('stage-retire-own'), isFixed('stage-rate-own')]).toEqual([false, false]);
    expect([isFixed('stage-retire-signed'), isFixed('stage-rate-signed')]).toEqual([true, true]);
  });

  it('adds a stage with both names', async () => {
    fireEvent.change(input('stage-add-name'), { target: { value: '试用' } });
    fireEvent.change(input('stage-add-name-en'), { target: { value: 'Trial' } });
    fireEvent.click(screen.getByTestId('stage-add'));
    await waitFor(() => expect(tell).toHaveBeenCalledOnce());
    expect(tell.mock.calls[0]?.slice(1, 3)).toEqual([
      'add-stage',
      { name: '试用', nameEn: 'Trial', winRate: 50, after: 'own' },
    ]);
  });
});
