import { useTranslation } from 'react-i18next';
import type { OpportunityStatus } from '../api/types';
import { Chip, type Tone } from '../ui/Bits';

const tones: Record<OpportunityStatus, Tone> = { open: 'accent', won: 'good', lost: 'plain' };

export function OpportunityStatusChip({ status }: { status: OpportunityStatus }) {
  const { t } = useTranslation();
  return (
    <Chip tone={tones[status]} dot>
      {t(`statuses.${status}`)}
    </Chip>
  );
}
