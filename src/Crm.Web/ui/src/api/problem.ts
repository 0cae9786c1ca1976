/** A refusal of the server (RFC 9457), or the network's failure to reach it (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: Readonly<Record<string, string[]>>;
  readonly existingId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(from: {
    status: number;
    code: string;
    detail?: string;
    errors?: Record<string, string[]>;
    existingId?: string;
    retryAfterSeconds?: number;
  }) {
    super(`${from.status} ${from.code}`);
    this.name = 'Problem';
    this.status = from.status;
    this.code = from.code;
    this.detail = from.detail ?? '';
    this.errors = from.errors ?? {};
    this.existingId = from.existingId;
    this.retryAfterSeconds = from.retryAfterSeconds;
  }

  /** Reads a refusal out of any answer, also one that is not problem+json (a proxy's HTML page). */
  static from(status: number, text: string, retryAfter: string | null): Problem {
    let body: Record<string, unknown> = {};
    try {
      const parsed: unknown = JSON.parse(text);
      if (parsed && typeof parsed === 'object') body = parsed as Record<string, unknown>;
    } catch {
      // Not JSON: the status alone has to do.
    }
    const type = typeof body.type === 'string' ? body.type : '';
    const code =
      typeof body.code === 'string' ? body.code : type.startsWith('urn:crm:') ? type.slice(8) : `http-${status}`;
    const detail = typeof body.detail === 'string' ? body.detail : typeof body.title === 'string' ? body.title : '';
    const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
    return new Problem({
      status,
      code,
      detail,
      errors: (body.errors as Record<string, string[]> | undefined) ?? {},
      existingId: typeof body.existingId === 'string' ? body.existingId : undefined,
      retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    });
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem({ status: 0, code: 'unexpected', detail: String(error) });
}

export const isStale = (error: unknown): boolean => error instanceof Problem && error.status === 412;
