import { AppstoreOutlined, BankOutlined, ContactsOutlined, SolutionOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { SearchHit } from '../api/types';
import { shownName } from '../records/names';

export const sliceIcons = {
  leads: <SolutionOutlined />,
  customers: <BankOutlined />,
  contacts: <ContactsOutlined />,
  opportunities: <AppstoreOutlined />,
};

/** One found record. Picked on mouse-down, because the click would come after the field lost its focus. */
export function HitLine(props: { hit: SearchHit; active: boolean; onPick: () => void; onHover: () => void }) {
  const { t } = useTranslation();
  const { hit } = props;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={props.active ? 'hit active' : 'hit'}
      onMouseDown={(event) => {
        event.preventDefault();
        props.onPick();
      }}
      onMouseMove={props.onHover}
    >
      <span className="hit-icon">{sliceIcons[hit.slice]}</span>
      <span className="hit-title">{shownName(hit.title)}</span>
      <span className="hit-sub">{hit.subtitle}</span>
      <span className="hit-kind">{t(`slices.${hit.slice}`)}</span>
    </button>
  );
}
