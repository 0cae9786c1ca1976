import type { Change } from '../api/types';
import { useFieldText } from './fieldText';

/** Fields with what they were and what they are; `action` adds a button to each. */
export function RecordChanges(props: { changes: readonly Change[]; action?: (change: Change) => React.ReactNode }) {
  const { label, text } = useFieldText();
  return (
    <ul className="changes">
      {props.changes.map((change) => (
        <li key={change.field}>
          <span className="change-field">{label(change.field)}</span>
          <span className="change-from">{text(change.field, change.from)}</span>
          <span className="change-arrow">→</span>
          <span className="change-to">{text(change.field, change.to)}</span>
          {props.action?.(change)}
        </li>
      ))}
    </ul>
  );
}
