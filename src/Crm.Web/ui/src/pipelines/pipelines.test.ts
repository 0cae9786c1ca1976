import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../api/types';
import { inLanguage, stageNames } from './pipelines';

const pipeline = (key: string, stages: Record<string, string>) =>
  ({ key, stages: Object.entries(stages).map(([stage, name]) => ({ key: stage, name })) }) as Pipeline;
const all = [
  pipeline('simple', { contact: 'Contact', won: 'Signed' }),
  pipeline('project', { contact: 'Contact', won: 'Contract' }),
];

describe('the name of a stage', () => {
  it('is that of the language, or the one there is', () => {
    const stages = [
      { key: 'won', name: '签单', nameEn: 'Signed' },
      { key: 'own', name: '自定义', nameEn: null },
    ];
    const both = { key: 'simple', name: '标准销售', nameEn: 'Standard sales', stages } as Pipeline;
    expect(inLanguage(both, 'en').name).toBe('Standard sales');
    expect(inLanguage(both, 'en').stages.map((stage) => stage.name)).toEqual(['Signed', '自定义']);
    expect(inLanguage(both, 'zh-CN')).toBe(both);
  });

  it('is that of its pipeline', () => {
    expect(stageNames(all, 'simple').get('won')).toBe('Signed');
    expect(stageNames(all, 'project').get('won')).toBe('Contract');
  });

  it('is every name it has where its pipeline is not known', () => {
    expect(stageNames(all).get('won')).toBe('Signed / Contract');
    expect(stageNames(all).get('contact')).toBe('Contact');
  });
});
