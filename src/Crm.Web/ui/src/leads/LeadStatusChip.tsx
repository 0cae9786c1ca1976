import { useTranslation } from 'react-i18next';
import type { LeadStatus } from '../api/types';
import { Chip, type Tone } from '../ui/Bits';

const tones: Record<LeadStatus, Tone> = { open: 'accent', qualified: 'good', converted: 'plain', 'ruled-out': 'plain' };

export function LeadStatusChip({ status }: { status: LeadStatus }) {
  const { t } = useTranslation();
  return (
    <Chip tone={tones[status]} dot>
      {t(`statuses.${status}`)}
    </Chip>
  );
}
