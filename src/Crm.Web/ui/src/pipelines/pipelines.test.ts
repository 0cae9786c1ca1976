import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../api/types';
import { stageNames } from './pipelines';

const pipeline = (key: string, stages: Record<string, string>) =>
  ({ key, stages: Object.entries(stages).map(([stage, name]) => ({ key: stage, name })) }) as Pipeline;
const all = [
  pipeline('simple', { contact: 'Contact', won: 'Signed' }),
  pipeline('project', { contact: 'Contact', won: 'Contract' }),
];

describe('the name of a stage', () => {
  it('is that of its pipeline', () => {
    expect(stageNames(all, 'simple').get('won')).toBe('Signed');
    expect(stageNames(all, 'project').get('won')).toBe('Contract');
  });

  it('is every name it has where its pipeline is not known', () => {
    expect(stageNames(all).get('won')).toBe('Signed / Contract');
    expect(stageNames(all).get('contact')).toBe('Contact');
  });
});
