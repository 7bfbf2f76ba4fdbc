// Puts an answer together that comes over a comm in parts.
import { Fault, type Reply } from '../api/client';
import { trans } from '../trans';
import { deferred } from './deferred';

/** A message that belongs to a request. */
export interface Part {
  id?: number;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  part?: number;
  more?: boolean;
  event?: { name: string; data: unknown };
  error?: string;
}

/** Who hears of a stream that it began, and of its events. */
export interface Events {
  began(): void;
  event(name: string, data: unknown): void;
}

export class Answer {
  private readonly waiting = deferred<Reply>();
  private readonly pieces: BlobPart[] = [];
  private first?: Part;
  private wanted = 0;

  constructor(private readonly got: (part: number) => void, private readonly events?: Events) {}

  get promise(): Promise<Reply> {
    return this.waiting.promise;
  }

  /** Whether a part of it did not come. */
  lost = false;

  lose(): void {
    this.lost = true;
    this.fail(new Fault(0, 'lost', trans.__('a part of the answer was lost: Jupyter drops messages when a cell prints too much'), trans.__('try again')));
  }

  fail(error: unknown): void {
    this.waiting.reject(error);
  }

  take(part: Part, buffer?: ArrayBuffer | ArrayBufferView): void {
    if (part.error !== undefined) return this.fail(new Fault(0, 'failed', part.error));
    const at = part.part ?? 0;
    if (at !== this.wanted++) return this.lose();
    this.first ??= part;
    if (part.event) this.events?.event(part.event.name, part.event.data);
    else if (at === 0) this.events?.began();
    if (buffer !== undefined) this.pieces.push(buffer as BlobPart);
    if (part.more) return this.got(at);
    const { status = 0, headers = {}, body } = this.first;
    this.waiting.resolve({ status, headers, body: body ?? new Blob(this.pieces, { type: headers['content-type'] ?? '' }) });
  }
}
