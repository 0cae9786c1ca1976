import { useTranslation } from 'react-i18next';
import type { ImportStatus } from '../api/types';
import { Chip, type Tone } from '../ui/Bits';

const tones: Record<ImportStatus, Tone> = {
  queued: 'plain',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  undoing: 'warn',
  undone: 'plain',
};

export function ImportStatusChip({ status }: { status: ImportStatus }) {
  const { t } = useTranslation();
  return (
    <Chip tone={tones[status]} dot>
      {t(`imports.statuses.${status}`)}
    </Chip>
  );
}
