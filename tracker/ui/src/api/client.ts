// The client of gemba's JSON API. It knows no network: a transport carries requests over HTTP (http.ts) or over a Jupyter comm.
import { trans } from '../trans';
import type { components, paths } from './schema';

/** The API's types, as the server describes them. */
export type Schemas = components['schemas'];

/** An event of /api/events: what is other than it was. */
export interface LedgerChange {
  stand: string;
  sessions?: string[];
  cells?: string[];
  runs?: string[];
  /** The subjects of reviews. */
  reviewed?: string[];
  /** The kinds of the entries that came, such as "cell.started". */
  kinds: string[];
  /** Too much for a list, or nobody knows since when: ask for everything again. */
  all?: boolean;
}

/** What a request is answered with. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Blob | string;
}

/** Carries requests to the API, and what it pushes back. */
export interface Transport {
  send(method: string, path: string, body?: string, signal?: AbortSignal): Promise<Reply>;
  /** Hears of changes until the function that it returns is called. `state` says whether the server can be reached. */
  listen(heard: (changes: LedgerChange) => void, state: (connected: boolean) => void): () => void;
  /** An address that the browser can load a path from; undefined where there is none (a comm has no addresses). */
  address?(path: string): string;
}

/** By what faults are known: in JupyterLab this file is loaded twice, with the extension and with its views, and each is to know the other's. */
const mark = Symbol.for('gemba: fault');

/** An error in the API's own words. `status` is 0 when there was no answer. */
export class Fault extends Error {
  readonly [mark] = true;

  constructor(readonly status: number, readonly code: string, message: string, readonly hint?: string, readonly at?: number) {
    super(message);
  }

  static [Symbol.hasInstance](this: unknown, error: unknown): error is Fault {
    return this === Fault ? typeof error === 'object' && error !== null && mark in error : Function.prototype[Symbol.hasInstance].call(this, error);
  }
}

type Gets = { [P in keyof paths]: paths[P] extends { get: unknown } ? P : never }[keyof paths];
type JSONOf<R> = R extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never;

/** What GET answers at a path. */
export type Answer<P extends Gets> = JSONOf<paths[P] extends { get: infer G } ? G : never>;

/** The parameters of GET at a path, those in the path included. */
export type Params<P extends Gets> = (paths[P] extends { get: { parameters: { query?: infer Q } } } ? ([Q] extends [undefined] ? unknown : Q) : unknown) &
  (paths[P] extends { get: { parameters: { path: infer A } } } ? A : unknown);

export type GetPath = Gets;

/** Puts parameters into a path: those it names in braces, the others as its query. */
export function pathOf(path: string, params: object = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params) as [string, unknown][]) {
    const place = `{${name}}`;
    if (path.includes(place)) {
      path = path.replace(place, encodeURIComponent(String(value)));
    } else if (Array.isArray(value)) {
      for (const one of value) query.append(name, String(one));
    } else if (value !== undefined && value !== '') {
      query.set(name, String(value));
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Asks the API. */
export class Client {
  constructor(readonly transport: Transport) {}

  get<P extends Gets>(path: P, params?: Params<P>, signal?: AbortSignal): Promise<Answer<P>> {
    return this.ask('GET', pathOf(path, params as object), undefined, signal) as Promise<Answer<P>>;
  }

  /** Sends a body, or none, with another method than GET; the answer is the route's. */
  send<T = unknown>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    return this.ask(method, path, body) as Promise<T>;
  }

  /** The bytes of a path that does not answer JSON, such as /api/blobs/{digest}. */
  async bytes(path: string, signal?: AbortSignal): Promise<Blob> {
    const reply = await this.transport.send('GET', path, undefined, signal);
    if (reply.status >= 400) throw faultOf(reply.status, await textOf(reply.body));
    return typeof reply.body === 'string' ? new Blob([reply.body], { type: reply.headers['content-type'] ?? '' }) : reply.body;
  }

  private async ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const reply = await this.transport.send(method, path, body === undefined ? undefined : JSON.stringify(body), signal);
    const text = await textOf(reply.body);
    if (reply.status >= 400) throw faultOf(reply.status, text);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}

function textOf(body: Blob | string): Promise<string> {
  return typeof body === 'string' ? Promise.resolve(body) : body.text();
}

function faultOf(status: number, text: string): Fault {
  try {
    const { error } = JSON.parse(text) as Schemas['Failure'];
    return new Fault(status, error.code, error.message, error.hint, error.at);
  } catch {
    return new Fault(status, 'failed', text.slice(0, 500) || trans.__('the server answered %1', status));
  }
}
