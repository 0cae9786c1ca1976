import type { ReactNode } from 'react';
import { EmptyState, ErrorState, GridSkeleton } from './States';

export interface PlainColumn<T> {
  readonly key: string;
  /** Empty for buttons. */
  readonly title: string;
  readonly right?: boolean;
  readonly render: (row: T) => ReactNode;
}

interface Props<T> {
  readonly rows: readonly T[];
  readonly columns: readonly PlainColumn<T>[];
  readonly rowKey: (row: T) => string | number;
  readonly testId: string;
  readonly rowTestId?: (row: T) => string;
  /** Few narrow columns stay a table on a phone, too. */
  readonly narrow?: boolean;
}

/** A short table without sorting or picking. On a phone every row becomes a card. */
export function PlainTable<T>({ rows, columns, rowKey, testId, rowTestId, narrow = false }: Props<T>) {
  return (
    <div className="table-box">
      <table className={narrow ? 'plain-table' : 'plain-table stacked'} data-testid={testId}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} className={column.right ? 'right' : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-testid={rowTestId?.(row)}>
              {columns.map((column) => (
                <td key={column.key} className={column.right ? 'right' : undefined} data-label={column.title}>
                  <div className="plain-value">{column.render(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Asked<T> {
  readonly data: readonly T[] | undefined;
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** The same while it is read, when that fails, and when there is nothing. */
export function QueryTable<T>(
  props: Omit<Props<T>, 'rows'> & { readonly query: Asked<T>; readonly empty: { title: string; text?: string } },
) {
  const { query, empty, ...table } = props;
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const rows = query.data ?? [];
  return rows.length === 0 ? <EmptyState {...empty} /> : <PlainTable {...table} rows={rows} />;
}
