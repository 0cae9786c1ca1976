import { Input } from 'antd';
import { useState } from 'react';

/** A text that is kept on Enter or on leaving it. What is refused, or empty where something is needed, gives way to what there was. */
export function KeepInput(props: {
  value: string;
  label: string;
  /** False when it was refused. */
  keep: (text: string) => Promise<boolean>;
  testId: string;
  mayBeEmpty?: boolean;
  disabled?: boolean;
  placeholder?: string;
  maxLength?: number;
}) {
  const { value } = props;
  const [draft, setDraft] = useState(value);
  const done = async () => {
    const text = draft.trim();
    if (text === value || (text === '' && !props.mayBeEmpty) || !(await props.keep(text))) setDraft(value);
  };
  return (
    <Input
      variant="borderless"
      value={draft}
      disabled={props.disabled}
      placeholder={props.placeholder}
      maxLength={props.maxLength}
      aria-label={props.label}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => void done()}
      onPressEnter={(event) => event.currentTarget.blur()}
      onKeyDown={(event) => event.key === 'Escape' && setDraft(value)}
      data-testid={props.testId}
    />
  );
}
