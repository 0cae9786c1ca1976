import { afterEach, describe, expect, it, vi } from 'vitest';
import { client, whenSignedOut } from './client';
import { Problem } from './problem';

function answers(...list: (Response | Error)[]) {
  const calls: RequestInit[] = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    calls.push(init);
    const next = list.shift();
    return next instanceof Response ? Promise.resolve(next) : Promise.reject(next ?? new Error('no more answers'));
  });
  return calls;
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const header = (call: RequestInit | undefined, name: string) => ((call?.headers ?? {}) as Record<string, string>)[name];

afterEach(() => vi.unstubAllGlobals());

describe('client', () => {
  it('sends a command with its id, its version and the header that no other site can send', async () => {
    const calls = answers(json(200, { id: 'x', version: 4 }));
    await client.command('/api/leads/x/amend', { name: 'Ada' }, 3);
    expect(header(calls[0], 'X-CRM')).toBe('1');
    expect(header(calls[0], 'If-Match')).toBe('"3"');
    expect(header(calls[0], 'Idempotency-Key')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('repeats a command that the network swallowed under the same id', async () => {
    const calls = answers(new TypeError('failed to fetch'), json(503, {}), json(200, { id: 'x', version: 1 }));
    await expect(client.command('/api/leads', {})).resolves.toEqual({ id: 'x', version: 1 });
    expect(new Set(calls.map((call) => header(call, 'Idempotency-Key'))).size).toBe(1);
    expect(calls).toHaveLength(3);
  });

  it('does not repeat what carries no command id', async () => {
    const calls = answers(new TypeError('failed to fetch'));
    await expect(client.post('/api/session', {})).rejects.toMatchObject({ code: 'network-unreachable', status: 0 });
    expect(calls).toHaveLength(1);
  });

  it('turns a refusal into a typed problem', async () => {
    answers(json(409, { type: 'urn:crm:customer-duplicate', status: 409, detail: 'Taken.', existingId: 'y' }));
    const refusal = await client.command('/api/customers', {}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ status: 409, code: 'customer-duplicate', detail: 'Taken.', existingId: 'y' });
  });

  it('reads how long to wait, and survives an answer that is not JSON', async () => {
    answers(new Response('<html>', { status: 429, headers: { 'Retry-After': '30' } }));
    await expect(client.get('/api/leads')).rejects.toMatchObject({ code: 'http-429', retryAfterSeconds: 30 });
  });

  it('tells when the session has ended, but not when a password was wrong', async () => {
    const gone = vi.fn();
    whenSignedOut(gone);
    answers(json(401, { code: 'sign-in-failed' }), json(401, { code: 'unauthenticated' }));
    await client.post('/api/session', {}).catch(() => {});
    expect(gone).not.toHaveBeenCalled();
    await client.get('/api/leads').catch(() => {});
    expect(gone).toHaveBeenCalledOnce();
  });
});
