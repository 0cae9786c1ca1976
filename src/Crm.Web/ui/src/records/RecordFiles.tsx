import { DeleteOutlined, PaperClipOutlined, UploadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Progress } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys, refreshFiles } from '../api/cache';
import { explain } from '../api/explain';
import { files, type RecordFile } from '../api/files';
import type { Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { newId } from '../platform/ids';
import { leaveFor } from '../platform/leave';
import { useMay } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { Ago, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';

/** A file on its way. */
interface Sending {
  readonly key: string;
  readonly file: File;
  readonly share: number;
}

/** The files of a record. Whoever may amend the record attaches and removes them: by the button, or dropped on the panel. */
export function RecordFiles({ slice, id }: { slice: Slice; id: string }) {
  const { t } = useTranslation();
  const may = useMay(slice, 'amend');
  const query = useQuery({
    queryKey: keys.files(slice, id),
    queryFn: () => files.list(slice, id),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
  const { sending, send } = useSending(slice, id, query.data?.largestBytes);
  const [over, setOver] = useState(false);
  const items = query.data?.items ?? [];
  // nothing to see and nothing to do
  if (!may && query.isSuccess && items.length === 0) return null;
  const drops = may
    ? {
        onDragOver: (event: DragEvent) => {
          if (!event.dataTransfer.types.includes('Files')) return;
          event.preventDefault();
          setOver(true);
        },
        onDragLeave: (event: DragEvent<HTMLElement>) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
        },
        onDrop: (event: DragEvent) => {
          event.preventDefault();
          setOver(false);
          send([...event.dataTransfer.files]);
        },
      }
    : {};
  return (
    <section className={over ? 'file-drop over' : 'file-drop'} aria-label={t('files.title')} {...drops}>
      <Panel
        title={t('files.title')}
        extra={may ? <FileButton busy={sending.length > 0} send={send} /> : null}
        testId="record-files"
      >
        {query.isPending ? (
          <LinesSkeleton lines={2} />
        ) : query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : items.length === 0 && sending.length === 0 ? (
          <p className="faint files-empty">{may ? t('files.emptyDrop') : t('files.empty')}</p>
        ) : (
          <ul className="files">
            {sending.map((each) => (
              <li key={each.key} className="file-line" data-testid="file-sending">
                <PaperClipOutlined />
                <span className="file-what">
                  <span className="clip">{each.file.name}</span>
                  <Progress
                    percent={Math.floor(each.share * 100)}
                    size="small"
                    aria-label={t('files.sending', { name: each.file.name })}
                  />
                </span>
              </li>
            ))}
            {items.map((file) => (
              <FileLine key={file.id} slice={slice} id={id} file={file} may={may} />
            ))}
          </ul>
        )}
        {over ? <p className="file-drop-hint">{t('files.drop')}</p> : null}
      </Panel>
    </section>
  );
}

/** Files on their way to a record; each by itself, so that one that is refused stops no other. */
function useSending(slice: Slice, id: string, largest: number | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const sendOne = async (file: File) => {
    const key = newId();
    setSending((known) => [...known, { key, file, share: 0 }]);
    const watch = (share: number) =>
      setSending((known) => known.map((each) => (each.key === key ? { ...each, share } : each)));
    try {
      await files.attach(slice, id, file, watch);
      await refreshFiles(slice, id);
      toast('done', t('files.attached', { name: file.name }));
    } catch (error) {
      toast('bad', t('files.refused', { name: file.name, why: explain(error) }));
    } finally {
      setSending((known) => known.filter((each) => each.key !== key));
    }
  };
  const send = (chosen: readonly File[]) => {
    for (const file of chosen)
      if (largest !== undefined && file.size > largest)
        toast('bad', t('files.tooLarge', { name: file.name, most: format.bytes(largest) }));
      else void sendOne(file);
  };
  return { sending, send };
}

function FileButton({ busy, send }: { busy: boolean; send: (chosen: readonly File[]) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
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
        loading={busy}
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
    () => void refreshFiles(slice, id),
  );
  const remove = useCommand(
    () => files.remove(slice, id, file.id),
    () => {
      void refreshFiles(slice, id);
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
