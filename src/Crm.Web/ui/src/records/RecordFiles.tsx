import { DeleteOutlined, PaperClipOutlined, UploadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { files, type RecordFile } from '../api/files';
import type { Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { leaveFor } from '../platform/leave';
import { useMay } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { Ago, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';

function reload(slice: Slice, id: string): void {
  void cache.invalidateQueries({ queryKey: keys.files(slice, id) });
  void cache.invalidateQueries({ queryKey: keys.timeline(slice, id) });
}

/** The files of a record. Whoever may amend the record attaches and removes them. */
export function RecordFiles({ slice, id }: { slice: Slice; id: string }) {
  const { t } = useTranslation();
  const may = useMay(slice, 'amend');
  const query = useQuery({
    queryKey: keys.files(slice, id),
    queryFn: () => files.list(slice, id),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
  return (
    <Panel
      title={t('files.title')}
      extra={may ? <FileButton slice={slice} id={id} largest={query.data?.largestBytes} /> : null}
      testId="record-files"
    >
      {query.isPending ? (
        <LinesSkeleton lines={2} />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <p className="faint">{t('files.empty')}</p>
      ) : (
        <ul className="files">
          {query.data.items.map((file) => (
            <FileLine key={file.id} slice={slice} id={id} file={file} may={may} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function FileButton({ slice, id, largest }: { slice: Slice; id: string; largest: number | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const attach = useCommand(
    (file: File) => files.attach(slice, id, file),
    (_, file) => {
      reload(slice, id);
      toast('done', t('files.attached', { name: file.name }));
    },
  );
  const send = (chosen: readonly File[]) => {
    for (const file of chosen)
      if (largest !== undefined && file.size > largest)
        toast('bad', t('files.tooLarge', { name: file.name, most: format.bytes(largest) }));
      else attach.mutate(file);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('files.add')}
        data-testid="file-input"
        onChange={(event) => {
          send([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <Button
        type="text"
        size="small"
        icon={<UploadOutlined />}
        loading={attach.isPending}
        onClick={() => input.current?.click()}
        data-testid="file-add"
      >
        {t('files.add')}
      </Button>
    </>
  );
}

function FileLine({ slice, id, file, may }: { slice: Slice; id: string; file: RecordFile; may: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const restore = useCommand(
    () => files.restore(slice, id, file.id),
    () => reload(slice, id),
  );
  const remove = useCommand(
    () => files.remove(slice, id, file.id),
    () => {
      reload(slice, id);
      toast('done', t('files.removed', { name: file.name }), {
        action: { label: t('common.undo'), run: () => restore.mutate(undefined) },
      });
    },
  );
  const fetchIt = useCommand(
    () => files.link(slice, id, file.id),
    // an attachment: the page stays
    (link) => leaveFor(link.url),
  );
  return (
    <li className="file-line" data-testid="file-line">
      <PaperClipOutlined />
      <span className="file-what">
        <button
          type="button"
          className="file-name clip"
          title={t('files.fetch', { name: file.name })}
          onClick={() => fetchIt.mutate(undefined)}
          data-testid="file-fetch"
        >
          {file.name}
        </button>
        <span className="faint clip">
          {format.bytes(file.bytes)} · <Person id={file.byId} /> · <Ago at={file.at} />
        </span>
      </span>
      {may ? (
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          loading={remove.isPending}
          aria-label={t('files.remove', { name: file.name })}
          onClick={() => remove.mutate(undefined)}
          data-testid="file-remove"
        />
      ) : null}
    </li>
  );
}
