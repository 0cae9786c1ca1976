import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '../live/useTopic';

export function AppLiveDot() {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <Tooltip title={t(`live.${state}Text`)}>
      <span className={`live-dot live-${state}`} data-testid="live-state" data-state={state}>
        <i />
        <span>{t(`live.${state}`)}</span>
      </span>
    </Tooltip>
  );
}
