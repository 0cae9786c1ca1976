import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Money } from '../api/types';
import { useNow } from '../platform/clock';
import { useFormat } from './format';

export function MoneyText({ money }: { money: Money | null | undefined }) {
  return <span className="num">{useFormat().money(money)}</span>;
}

/** A number to be called; a masked one only to be read. */
export function PhoneLink({ number }: { number: string }) {
  return number.startsWith('****') ? <span className="num">{number}</span> : <a href={`tel:${number}`}>{number}</a>;
}

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad';

export function Chip({ tone = 'plain', children, dot = false }: { tone?: Tone; children: ReactNode; dot?: boolean }) {
  return (
    <span className={`chip chip-${tone}`}>
      {dot ? <i /> : null}
      {children}
    </span>
  );
}

export function Ago({ at }: { at: string | null }) {
  const format = useFormat();
  const now = useNow();
  if (at === null) return <span className="faint">—</span>;
  return (
    <time dateTime={at} title={format.instant(at)}>
      {format.ago(at, now)}
    </time>
  );
}

/** Time left until an instant, ticking; counts upwards once it has passed. */
export function Countdown({ to }: { to: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const left = Date.parse(to) - useNow();
  const late = left < 0;
  const seconds = Math.floor(Math.abs(left) / 1000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const text = days > 0 ? t('step.days', { count: days, clock }) : clock;
  return (
    <time
      className={late ? 'countdown late' : left < 3_600_000 ? 'countdown soon' : 'countdown'}
      dateTime={to}
      title={format.instant(to)}
    >
      {late ? t('step.lateBy', { time: text }) : t('step.in', { time: text })}
    </time>
  );
}

export function PageHead(props: { title: ReactNode; sub?: ReactNode; children?: ReactNode }) {
  return (
    <div className="page-head">
      <h1>{props.title}</h1>
      {props.sub ? <span className="page-sub">{props.sub}</span> : null}
      <span className="grow" />
      <div className="page-actions">{props.children}</div>
    </div>
  );
}

export function Panel(props: {
  title?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
  testId?: string;
}) {
  return (
    <section className={`panel ${props.className ?? ''}`} data-testid={props.testId}>
      {props.title ? (
        <header className="panel-head">
          <h2>{props.title}</h2>
          <span className="grow" />
          {props.extra}
        </header>
      ) : null}
      {props.children}
    </section>
  );
}
