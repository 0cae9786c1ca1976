import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../api/explain';
import { Problem } from '../api/problem';

/** Nothing here yet: says what to do next. */
export function EmptyState(props: { title: string; text?: string; icon?: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      {props.icon ? <div className="empty-icon">{props.icon}</div> : null}
      <h2>{props.title}</h2>
      {props.text ? <p>{props.text}</p> : null}
      {props.children ? <div className="empty-actions">{props.children}</div> : null}
    </div>
  );
}

export function ErrorState({ error, retry, full }: { error: unknown; retry?: () => void; full?: boolean }) {
  const { t } = useTranslation();
  const missing = error instanceof Problem && error.status === 404;
  const stopped = error instanceof Problem && error.code === 'access-stopped';
  const body = (
    <EmptyState
      title={t(missing ? 'app.gone' : stopped ? 'app.stopped' : 'app.failed')}
      text={missing ? t('app.goneText') : stopped ? t('app.stoppedText') : explain(error)}
    >
      {retry && !missing ? <Button onClick={retry}>{t('common.retry')}</Button> : null}
    </EmptyState>
  );
  return full ? <div className="page page-centre">{body}</div> : body;
}

function Bones({ count, height }: { count: number; height: number }) {
  return Array.from({ length: count }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: bones never move.
    <div key={index} className="bone" style={{ height, width: `${96 - ((index * 17) % 38)}%` }} />
  ));
}

export function GridSkeleton() {
  return (
    <div className="bones" aria-busy="true">
      <Bones count={14} height={16} />
    </div>
  );
}

export function PageSkeleton() {
  return (
    <div className="page" aria-busy="true">
      <div className="bones">
        <div className="bone" style={{ height: 24, width: 180 }} />
        <Bones count={9} height={18} />
      </div>
    </div>
  );
}

export function LinesSkeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div className="bones bones-tight" aria-busy="true">
      <Bones count={lines} height={14} />
    </div>
  );
}
