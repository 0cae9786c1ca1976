import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Catalog, CatalogSlice, Grant, Scope } from '../api/rights';
import { isShown, shownVerbs } from '../rights/verbs';
import { sliceName, verbName } from '../rights/words';
import { Chip } from '../ui/Bits';
import { any, inherited, meaningful, ownVerbs, scopesOf, toggle } from './roleDraft';

interface Props {
  readonly catalog: Catalog;
  readonly grants: readonly Grant[];
  /** Undefined for a role that is only looked at. */
  readonly onChange: ((grants: Grant[]) => void) | undefined;
}

/** Slices by verbs; what is granted wider up shows further down, so that nothing is granted twice. */
export function RoleMatrix({ catalog, grants, onChange }: Props) {
  const { t } = useTranslation();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const fold = (slice: string) => {
    const next = new Set(unfolded);
    if (!next.delete(slice)) next.add(slice);
    setUnfolded(next);
  };
  const row = { grants, neverImplied: catalog.neverImplied, onChange };
  return (
    <>
      <table className="matrix" aria-label={t('rights.roles.matrix')}>
        <thead>
          <tr className="matrix-row matrix-head">
            <th>{t('rights.roles.action')}</th>
            <th>{t('rights.roles.covers')}</th>
          </tr>
        </thead>
        <tbody>
          <Row
            {...row}
            slice={any}
            verb={any}
            kind={undefined}
            label={<strong>{t('rights.roles.everything')}</strong>}
          />
          {catalog.slices
            .filter((each) => isShown(each.slice))
            .map((each) => (
              <Slice
                key={each.slice}
                slice={each}
                unfolded={unfolded.has(each.slice)}
                fold={() => fold(each.slice)}
                row={row}
              />
            ))}
        </tbody>
      </table>
      <p className="faint matrix-hint">{t('rights.roles.notImplied')}</p>
    </>
  );
}

interface Shared {
  readonly grants: readonly Grant[];
  readonly neverImplied: readonly string[];
  readonly onChange: ((grants: Grant[]) => void) | undefined;
}

function Slice(props: { slice: CatalogSlice; unfolded: boolean; fold: () => void; row: Shared }) {
  const { t } = useTranslation();
  const { slice, unfolded, row } = props;
  const own = ownVerbs(row.grants, slice.slice);
  return (
    <>
      <Row
        {...row}
        slice={slice.slice}
        verb={any}
        kind={slice}
        label={
          <button
            type="button"
            className="matrix-slice"
            aria-expanded={unfolded}
            aria-label={`${sliceName(slice.slice)} · ${t('rights.roles.expand')}`}
            onClick={props.fold}
            data-testid={`matrix-open-${slice.slice}`}
          >
            {unfolded ? <DownOutlined /> : <RightOutlined />}
            <strong>{sliceName(slice.slice)}</strong>
            {slice.readByAll ? <Chip>{t('rights.roles.readByAll')}</Chip> : null}
            {own > 0 && !unfolded ? <Chip tone="accent">{t('rights.roles.own', { count: own })}</Chip> : null}
          </button>
        }
      />
      {unfolded
        ? shownVerbs(slice.verbs, slice.slice)
            .filter((verb) => verb !== 'read' || !slice.readByAll)
            .map((verb) => (
              <Row
                key={verb}
                {...row}
                slice={slice.slice}
                verb={verb}
                kind={slice}
                label={<span className="matrix-verb">{verbName(verb)}</span>}
              />
            ))
        : null}
    </>
  );
}

function Row(props: Shared & { slice: string; verb: string; kind: CatalogSlice | undefined; label: React.ReactNode }) {
  const { t } = useTranslation();
  const { grants, slice, verb, onChange } = props;
  const own = scopesOf(grants, slice, verb);
  const wider = inherited(grants, slice, verb, props.neverImplied);
  const offered = meaningful(props.kind);
  // a scope that means nothing here may still have been granted over the API: it must be seen to be taken back
  const shown = [...offered, ...own.filter((scope) => !offered.includes(scope))];
  const spoken = (scope: Scope) =>
    `${slice === any ? t('rights.roles.everything') : sliceName(slice)} · ${verbName(verb)} · ${t(`rights.scopes.${scope}`)}`;
  return (
    <tr className={verb === any ? 'matrix-row' : 'matrix-row matrix-sub'}>
      <td>{props.label}</td>
      <td className="scopes">
        {shown.map((scope) => {
          const from = wider.find((each) => each.scope === scope || each.scope === 'all');
          const on = own.includes(scope);
          const hint = from
            ? t('rights.roles.inherited', {
                from: `${from.slice === any ? t('rights.roles.everything') : sliceName(from.slice)} · ${verbName(from.verb)}`,
              })
            : t(`rights.scopeHints.${scope}`);
          return (
            <Tooltip key={scope} title={hint} mouseEnterDelay={0.5}>
              <button
                type="button"
                className={on ? 'scope on' : from ? 'scope from' : 'scope'}
                aria-pressed={on}
                aria-label={spoken(scope)}
                disabled={!onChange}
                onClick={() => onChange?.(toggle(grants, slice, verb, scope))}
                data-testid={`scope-${slice}-${verb}-${scope}`}
              >
                {t(`rights.scopes.${scope}`)}
              </button>
            </Tooltip>
          );
        })}
      </td>
    </tr>
  );
}
