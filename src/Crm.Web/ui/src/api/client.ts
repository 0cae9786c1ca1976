import { newId } from '../platform/ids';
import { wait } from '../platform/timers';
import { Problem } from './problem';
import { sendWatched } from './upload';

type Query = Record<string, string | number | boolean | null | undefined>;

interface Request {
  query?: Query;
  body?: unknown;
  form?: FormData;
  file?: File;
  /** How much of the file is on its way, 0 to 1. */
  onProgress?: (share: number) => void;
  ifMatch?: number;
  signal?: AbortSignal;
}

/** Tries a command this often when the network or a restarting server swallowed it; the Idempotency-Key makes that safe. */
const attempts = 3;

let onSignedOut: () => void = () => {};
/** Says what happens when the server no longer knows us. */
export function whenSignedOut(run: () => void): void {
  onSignedOut = run;
}

let onForbidden: () => void = () => {};
/** Says what happens when the server forbids something: our picture of the rights may be old. */
export function whenForbidden(run: () => void): void {
  onForbidden = run;
}

export function queryString(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

async function once(method: string, path: string, request: Request, key: string | undefined): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CRM'] = '1';
  if (key !== undefined) headers['Idempotency-Key'] = key;
  if (request.ifMatch !== undefined) headers['If-Match'] = `"${request.ifMatch}"`;
  let body: BodyInit | undefined = request.form;
  if (request.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(request.body);
  }
  if (request.file !== undefined) {
    headers['Content-Type'] = request.file.type || 'application/octet-stream';
    body = request.file;
  }
  try {
    if (request.file !== undefined && request.onProgress !== undefined)
      return await sendWatched(method, path + queryString(request.query), headers, request.file, request.onProgress);
    return await fetch(path + queryString(request.query), {
      method,
      headers,
      body: body ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: request.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem({ status: 0, code: 'network-unreachable' });
  }
}

async function send<T>(method: string, path: string, request: Request, key?: string): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const last = attempt === attempts || (method !== 'GET' && key === undefined);
    let answer: Response;
    try {
      answer = await once(method, path, request, key);
    } catch (error) {
      if (last || !(error instanceof Problem)) throw error;
      await wait(250 * attempt);
      continue;
    }
    if (!last && (answer.status === 502 || answer.status === 503 || answer.status === 504)) {
      await wait(250 * attempt);
      continue;
    }
    const text = await answer.text();
    if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    const problem = Problem.from(answer.status, text, answer.headers.get('Retry-After'));
    if (answer.status === 401 && problem.code !== 'sign-in-failed') onSignedOut();
    if (answer.status === 403) onForbidden();
    throw problem;
  }
}

export const client = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => send<T>('GET', path, { query, signal }),
  /** One command: sent with a fresh command id, so that a retry is never done twice. */
  command: <T>(path: string, body?: unknown, ifMatch?: number) => send<T>('POST', path, { body, ifMatch }, newId()),
  put: <T>(path: string, body: unknown) => send<T>('PUT', path, { body }, newId()),
  upload: <T>(path: string, form: FormData, key?: string) => send<T>('POST', path, { form }, key),
  /** One file as it is, with its name in the query; sent with a fresh command id too. */
  sendFile: <T>(path: string, file: File, onProgress: (share: number) => void) =>
    send<T>('POST', path, { file, onProgress, query: { name: file.name } }, newId()),
  /** Not a command on a record: sign-in and the like, which carry no command id. */
  post: <T>(path: string, body: unknown) => send<T>('POST', path, { body }),
  remove: (path: string) => send<void>('DELETE', path, {}),
};
