import { i18next } from '../i18n/i18n';
import { asProblem } from './problem';

/** Whether we have our own sentence for a code. */
export const isKnown = (code: string): boolean => i18next.exists(`problems.${code}`);

/** A refusal as a sentence: ours if the code is known here, otherwise the server's own. */
export function explain(error: unknown): string {
  const problem = asProblem(error);
  const key = `problems.${problem.code}`;
  if (isKnown(problem.code))
    return i18next.t(key as 'problems.network-unreachable', { seconds: problem.retryAfterSeconds ?? 60 });
  const fields = Object.entries(problem.errors).map(([field, texts]) => `${field}: ${texts.join(' ')}`);
  if (problem.detail !== '') return [problem.detail, ...fields].join(' ');
  return fields.length > 0 ? fields.join(' ') : i18next.t('problems.unexpected');
}
