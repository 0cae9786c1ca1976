import type { FormInstance } from 'antd';
import { type ReactNode, useState } from 'react';
import { explain } from '../api/explain';
import { asProblem } from '../api/problem';
import { fieldErrors } from './forms';

/**
 * Saves what a form holds: a refusal is shown at the field it names, or above the form.
 * `save` answers whether it was saved.
 */
export function useFormSave<F extends object>(form: FormInstance<F>) {
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const save = async (run: (values: F) => Promise<void>): Promise<boolean> => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return false;
    setBusy(true);
    setRefusal(undefined);
    try {
      await run(values);
      return true;
    } catch (error) {
      const problem = asProblem(error);
      const errors = fieldErrors<F>(problem).filter(({ name }) => name in values);
      if (errors.length > 0) form.setFields(errors as unknown as Parameters<typeof form.setFields>[0]);
      else setRefusal(explain(problem));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { save, busy, refusal, forget: () => setRefusal(undefined) };
}

/** The refusal that belongs to no field. */
export function FormRefusal({ text, testId }: { text: string | undefined; testId?: string }): ReactNode {
  return text === undefined ? null : (
    <div className="notice notice-bad" role="alert" data-testid={testId}>
      {text}
    </div>
  );
}
