import { CaretDownFilled, CaretUpFilled } from '@ant-design/icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Checkbox } from 'antd';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnyRecord } from '../api/types';
import { usePhone } from '../platform/media';

export interface Column<R> {
  readonly key: string;
  readonly title: string;
  /** In pixels; the first column takes what is left, and stays when the others are scrolled sideways. */
  readonly width: number;
  readonly sort?: string | undefined;
  readonly align?: 'right';
  /** Not shown until picked. */
  readonly hidden?: boolean;
  readonly render: (row: R) => ReactNode;
}

interface Props<R extends AnyRecord> {
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly lit: ReadonlySet<string>;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly onOpen: (row: R) => void;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (ids: ReadonlySet<string>) => void;
  readonly phoneRow: (row: R) => ReactNode;
  readonly label: string;
}

const rowHeight = 38;
const phoneRowHeight = 76;
const checkWidth = 40;

/** A table that shows thousands of rows as smoothly as ten; arrows move, Enter opens, x selects. */
export function RecordGrid<R extends AnyRecord>(props: Props<R>) {
  const { rows, columns, selected, onSelect } = props;
  const { t } = useTranslation();
  const phone = usePhone();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (phone ? phoneRowHeight : rowHeight),
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { hasMore, onMore } = props;

  useEffect(() => {
    if (hasMore && lastShown >= rows.length - 25) onMore();
  }, [hasMore, lastShown, rows.length, onMore]);

  const toggle = (id: string) => {
    if (!selected || !onSelect) return;
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const move = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const row = rows[active];
    if (move !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(rows.length - 1, active + move));
      setActive(next);
      virtual.scrollToIndex(next, { align: 'auto' });
    } else if (event.key === 'Enter' && row) props.onOpen(row);
    else if ((event.key === 'x' || event.key === ' ') && row) {
      event.preventDefault();
      toggle(row.id);
    }
  };

  const widths = columns.map((column, index) => (index === 0 ? `minmax(${column.width}px, 1fr)` : `${column.width}px`));
  const pinnedAt = onSelect ? checkWidth : 0;
  const template = `${onSelect && !phone ? `${checkWidth}px ` : ''}${widths.join(' ')}`;
  const minWidth = columns.reduce((sum, column) => sum + column.width, pinnedAt);
  const allOn = rows.length > 0 && selected !== undefined && rows.every((row) => selected.has(row.id));

  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual grid cannot be a table element.
    <div
      className="grid"
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length}
      tabIndex={0}
      onKeyDown={onKey}
      onScroll={(event) => event.currentTarget.toggleAttribute('data-aside', event.currentTarget.scrollLeft > 0)}
      data-testid="record-grid"
    >
      {phone ? null : (
        // biome-ignore lint/a11y/useSemanticElements: see above.
        // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
        <div className="grid-head" role="row" style={{ gridTemplateColumns: template, minWidth }}>
          {onSelect ? (
            // biome-ignore lint/a11y/useSemanticElements: see above.
            // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
            <span className="grid-check pinned" role="columnheader">
              <Checkbox
                checked={allOn}
                indeterminate={!allOn && (selected?.size ?? 0) > 0}
                aria-label={t('list.selectAll')}
                onChange={() => onSelect(allOn ? new Set() : new Set(rows.slice(0, 1000).map((row) => row.id)))}
              />
            </span>
          ) : null}
          {columns.map((column, index) => (
            <Heading
              key={column.key}
              column={column}
              sort={props.sort}
              onSort={props.onSort}
              pinnedAt={index === 0 ? pinnedAt : undefined}
            />
          ))}
        </div>
      )}
      <div style={{ height: virtual.getTotalSize(), position: 'relative', minWidth: phone ? undefined : minWidth }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const on = selected?.has(row.id) ?? false;
          const classes = ['grid-row'];
          if (item.index === active) classes.push('active');
          if (on) classes.push('on');
          if (props.lit.has(row.id)) classes.push('lit');
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above.
            // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid's key handler opens rows.
            <div
              key={item.key}
              role="row"
              aria-selected={on}
              aria-rowindex={item.index + 1}
              className={classes.join(' ')}
              data-testid={`row-${row.id}`}
              style={{
                height: item.size,
                transform: `translateY(${item.start}px)`,
                gridTemplateColumns: phone ? '1fr' : template,
              }}
              onClick={(event) => {
                if (event.defaultPrevented) return;
                setActive(item.index);
                props.onOpen(row);
              }}
            >
              {phone ? (
                // biome-ignore lint/a11y/useSemanticElements: see above.
                // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
                <div role="gridcell" className="grid-whole">
                  {props.phoneRow(row)}
                </div>
              ) : (
                <>
                  {onSelect ? (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps the click away from the row.
                    // biome-ignore lint/a11y/useSemanticElements: see above.
                    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
                    <span className="grid-check pinned" role="gridcell" onClick={(event) => event.stopPropagation()}>
                      <Checkbox
                        checked={on}
                        onChange={() => toggle(row.id)}
                        aria-label={t('list.select', { name: row.name })}
                      />
                    </span>
                  ) : null}
                  {columns.map((column, index) => (
                    // biome-ignore lint/a11y/useSemanticElements: see above.
                    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
                    <span
                      key={column.key}
                      role="gridcell"
                      className={column.align === 'right' ? 'cell right' : index === 0 ? 'cell pinned' : 'cell'}
                      style={index === 0 ? { left: pinnedAt } : undefined}
                    >
                      {column.render(row)}
                    </span>
                  ))}
                </>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Heading<R>(props: {
  column: Column<R>;
  sort: string;
  onSort: (sort: string) => void;
  pinnedAt: number | undefined;
}) {
  const { column, sort, onSort, pinnedAt } = props;
  const field = column.sort;
  const down = sort === `-${field}`;
  const up = sort === field;
  const isPinned = pinnedAt !== undefined;
  const className = column.align === 'right' ? 'cell head right' : isPinned ? 'cell head pinned' : 'cell head';
  const order = down ? 'descending' : up ? 'ascending' : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual grid cannot be a table element.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid itself takes the focus.
    <span role="columnheader" aria-sort={order} className={className} style={isPinned ? { left: pinnedAt } : undefined}>
      {field === undefined ? (
        <span className="clip">{column.title}</span>
      ) : (
        <button
          type="button"
          className={order ? 'sort sorted' : 'sort'}
          onClick={() => onSort(down ? field : `-${field}`)}
          data-testid={`sort-${field}`}
        >
          <span className="clip">{column.title}</span>
          {down ? <CaretDownFilled /> : up ? <CaretUpFilled /> : null}
        </button>
      )}
    </span>
  );
}
