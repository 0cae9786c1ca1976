import { GroupOutlined, SearchOutlined, SettingOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Button, Checkbox, Input, Popover, Select } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bothOf, type Condition, ofGroup, toScim } from '../api/filter';
import type { AnyRecord, CustomField, RecordOf, Slice } from '../api/types';
import type { ListSearch } from '../app/AppRouter';
import { useSettled } from '../app/useSearch';
import { AuditExportButton } from '../audit/AuditExportButton';
import { CustomValue } from '../fields/CustomValue';
import { filterOf, quantityOf, useCustomFields, useLabel } from '../fields/fields';
import { serverNow } from '../platform/clock';
import { recall, remember } from '../platform/storage';
import { useRights } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { groupFields, groupValue, isGroup } from './groups';
import { type FilterField, RecordFilterBar } from './RecordFilterBar';
import { type Column, RecordGrid } from './RecordGrid';
import { RecordGroups } from './RecordGroups';
import { useRecordList } from './useRecordList';

interface Props<S extends Slice> {
  readonly slice: S;
  readonly title: string;
  readonly search: ListSearch;
  readonly defaultSort: string;
  readonly columns: readonly Column<RecordOf[S]>[];
  readonly fields: readonly FilterField[];
  readonly actions: ReactNode;
  /** The amount that groups sum up. */
  readonly sum?: string;
  /** Ready-made filters, one click each. */
  readonly views?: readonly { readonly key: string; readonly label: string; readonly where: readonly Condition[] }[];
  readonly phoneRow: (row: RecordOf[S]) => ReactNode;
  readonly empty: ReactNode;
  /** What may be done with the picked rows. */
  readonly bulk?: ((selected: readonly RecordOf[S][], clear: () => void) => ReactNode) | undefined;
}

/** A column of a field the tenant added. */
function customColumn<R extends AnyRecord>(field: CustomField, title: string): Column<R> {
  const key = `custom.${field.key}`;
  return {
    key,
    title,
    width: 130,
    hidden: true,
    ...(['number', 'money'].includes(quantityOf(field)) ? { align: 'right' } : {}),
    ...(quantityOf(field) === 'multi-choice' ? {} : { sort: key }),
    render: (row) => <CustomValue field={field} value={row.custom?.[field.key] ?? ''} />,
  };
}

/** The list page that all slices share: search, filters, columns, rows. What it shows is in the address, so it can be sent. */
export function RecordListView<S extends Slice>(props: Props<S>) {
  const { slice, search, defaultSort } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const rights = useRights();
  const own = useCustomFields(slice);
  const labelOf = useLabel();
  const columns = useMemo(
    () =>
      [...props.columns, ...own.map((field) => customColumn<RecordOf[S]>(field, labelOf(field.label)))]
        .filter((column) => rights.shows(slice, column.key))
        .map((column) => (column.sort && !rights.knows(slice, column.sort) ? { ...column, sort: undefined } : column)),
    [props.columns, rights, slice, own, labelOf],
  );
  const fields = useMemo(
    () =>
      [...props.fields, ...own.map((field) => filterOf(field, labelOf))].filter((field) =>
        rights.knows(slice, field.key),
      ),
    [props.fields, rights, slice, own, labelOf],
  );
  const wanted = search.sort ?? defaultSort;
  // an address may have been sent by somebody who sees more
  const sort = rights.knows(slice, wanted.replace(/^-/, '')) ? wanted : 'name';
  const where = search.where ?? [];
  const any = search.any ?? false;
  const [text, setText] = useState(search.q ?? '');
  const q = useSettled(text.trim(), 200);
  const [hidden, setHidden] = useState<readonly string[]>(
    () => recall<string[]>(`columns.${slice}`) ?? columns.filter((column) => column.hidden).map((column) => column.key),
  );
  // those the tenant added are shown once they are chosen
  const [added, setAdded] = useState<readonly string[]>(() => recall<string[]>(`columns.${slice}.custom`) ?? []);
  const isHidden = (key: string) => (key.startsWith('custom.') ? !added.includes(key) : hidden.includes(key));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());

  const kinds = useMemo(() => new Map(fields.map((field) => [field.key, field.kind])), [fields]);
  const groups = useMemo(() => groupFields(fields), [fields]);
  const narrowing = toScim(where, any, (field) => kinds.get(field), format.timeZone, serverNow());
  const by = groups.find((field) => field.key === search.group);
  const within = by && search.in !== undefined && isGroup(search.in, by.kind) ? search.in : undefined;
  const filter = bothOf(
    narrowing,
    by && within !== undefined ? ofGroup(by.key, by.kind, groupValue(within, by.kind), format.timeZone) : undefined,
  );
  const list = useRecordList(slice, { filter, sort, q: q === '' ? undefined : q });

  const go = (change: Partial<ListSearch>) => {
    setSelected(new Set());
    const next: ListSearch = { ...search, q: text.trim() || undefined, ...change, create: undefined };
    void navigate({ to: `/${slice}`, search: next, replace: true });
  };
  const shown = columns.filter((column, index) => index === 0 || !isHidden(column.key));
  const picked = list.rows.filter((row) => selected.has(row.id));
  const narrowed = filter !== undefined || q !== '';

  let body: ReactNode;
  if (list.isPending) body = <GridSkeleton />;
  else if (list.isError) body = <ErrorState error={list.error} retry={() => void list.refetch()} />;
  else if (list.rows.length === 0)
    body = narrowed ? (
      <EmptyState title={t('list.noneFit')} text={t('list.noneFitText')}>
        <Button
          onClick={() => {
            setText('');
            go({ q: undefined, where: undefined, any: undefined, in: undefined });
          }}
        >
          {t('list.clear')}
        </Button>
      </EmptyState>
    ) : (
      props.empty
    );
  else
    body = (
      <RecordGrid
        label={props.title}
        rows={list.rows}
        columns={shown}
        sort={sort}
        onSort={(next) => go({ sort: next === defaultSort ? undefined : next })}
        lit={list.lit}
        hasMore={list.hasNextPage && !list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        onOpen={(row) => void navigate({ to: `/${slice}/$id`, params: { id: row.id } })}
        selected={props.bulk ? selected : undefined}
        onSelect={props.bulk ? setSelected : undefined}
        phoneRow={props.phoneRow}
      />
    );

  return (
    <div className="page page-full">
      <PageHead
        title={props.title}
        sub={list.total === undefined ? null : <span data-testid="list-total">{format.number(list.total)}</span>}
      >
        <AuditExportButton slice={slice} wish={{ filter, sort, q: q === '' ? undefined : q }} />
        {props.actions}
      </PageHead>
      {props.views ? (
        <div className="views">
          {props.views.map((view) => (
            <button
              key={view.key}
              type="button"
              className={JSON.stringify(view.where) === JSON.stringify(where) ? 'view active' : 'view'}
              data-testid={`view-${view.key}`}
              onClick={() => go({ where: view.where.length > 0 ? [...view.where] : undefined, any: undefined })}
            >
              {view.label}
            </button>
          ))}
        </div>
      ) : null}
      <div className="toolbar">
        <Input
          className="toolbar-search"
          prefix={<SearchOutlined />}
          allowClear
          value={text}
          placeholder={t('list.search')}
          data-testid="list-search"
          onChange={(event) => setText(event.target.value)}
          onBlur={() => text.trim() !== (search.q ?? '') && go({})}
        />
        <RecordFilterBar
          fields={fields}
          where={where}
          any={any}
          onChange={(next, anyOf) => go({ where: next.length > 0 ? [...next] : undefined, any: anyOf || undefined })}
        />
        <Select
          className="group-by"
          size="small"
          variant="borderless"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          popupMatchSelectWidth={false}
          prefix={<GroupOutlined />}
          placeholder={t('list.groupBy')}
          aria-label={t('list.groupBy')}
          data-testid="group-by"
          value={by?.key ?? null}
          options={groups.map((field) => ({ value: field.key, label: field.label }))}
          onChange={(group) => go({ group: group ?? undefined, in: undefined })}
        />
        <span className="grow" />
        <Popover
          trigger="click"
          placement="bottomRight"
          arrow={false}
          content={
            <div className="column-picker">
              {columns.slice(1).map((column) => (
                <Checkbox
                  key={column.key}
                  checked={!isHidden(column.key)}
                  onChange={(event) => {
                    if (column.key.startsWith('custom.')) {
                      const own = event.target.checked
                        ? [...added, column.key]
                        : added.filter((key) => key !== column.key);
                      setAdded(own);
                      remember(`columns.${slice}.custom`, own);
                      return;
                    }
                    const next = event.target.checked
                      ? hidden.filter((key) => key !== column.key)
                      : [...hidden, column.key];
                    setHidden(next);
                    remember(`columns.${slice}`, next);
                  }}
                >
                  {column.title}
                </Checkbox>
              ))}
            </div>
          }
        >
          <Button
            type="text"
            size="small"
            className="desktop-only"
            icon={<SettingOutlined />}
            data-testid="column-picker"
          >
            {t('list.columns')}
          </Button>
        </Popover>
      </div>
      {by ? (
        <RecordGroups
          // the values of another field are not to be read as this one's
          key={by.key}
          slice={slice}
          field={by}
          filter={narrowing}
          q={q === '' ? undefined : q}
          sum={props.sum !== undefined && rights.knows(slice, props.sum) ? props.sum : undefined}
          chosen={within}
          onChoose={(key) => go({ in: key })}
        />
      ) : null}
      <div className={list.isPlaceholderData ? 'grid-box dim' : 'grid-box'}>{body}</div>
      {props.bulk && picked.length > 0 ? (
        <div className="bulk" data-testid="bulk-bar">
          <span>{t('list.selected', { count: picked.length })}</span>
          {props.bulk(picked, () => setSelected(new Set()))}
          <Button type="text" size="small" onClick={() => setSelected(new Set())}>
            {t('list.unselect')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
