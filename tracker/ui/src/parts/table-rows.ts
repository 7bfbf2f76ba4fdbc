// Rows that are read page by page, as they come near the window of a table. Pages follow each other by the server's cursors, so rows far down are
// reached through hollow pages, which have no more than a cursor and a count until somebody looks at them.

/** A page as the server answers it. */
export interface Rows<Row> {
  items: Row[] | null;
  next?: string;
  total?: number;
}

/** Asks for a page. A hollow one may leave out all but how many rows it has. */
export type AskRows<Row> = (page: { after: string; limit: number; hollow: boolean; total: boolean }, signal: AbortSignal) => Promise<Rows<Row>>;

interface Chunk<Row> {
  from: number;
  size: number;
  after: string;
  rows?: Row[];
}

const first = 100;
const usual = 200;
const most = 1000;
const kept = 30_000; // rows; those farthest from the window go first

export class PagedRows<Row> {
  error?: Error;
  total?: number;
  /** Whether there was an answer. */
  ready = false;
  private chunks: Chunk<Row>[] = [];
  private next: string | undefined = '';
  private wanted: [number, number] = [0, first - 1];
  private busy = false;
  private readonly ending = new AbortController();

  constructor(private readonly ask: AskRows<Row>, private readonly key: (row: Row) => string, private readonly changed: () => void) {}

  /** How many rows there are; a guess until the last page was read. */
  get count(): number {
    return this.next === undefined ? this.read : Math.max(this.total ?? 0, this.read);
  }

  at(place: number): Row | undefined {
    const chunk = this.chunks[this.chunkAt(place)];
    return chunk?.rows?.[place - chunk.from];
  }

  /** Reads the rows around a range, when they are not there. */
  want(from: number, to: number): void {
    this.wanted = [Math.max(0, from - 20), to + 60];
    void this.work();
  }

  /** Tries again after a failure. */
  again(): void {
    delete this.error;
    void this.work();
  }

  close(): void {
    this.ending.abort();
  }

  /** All rows that are loaded. */
  *loaded(): Iterable<Row> {
    for (const chunk of this.chunks) yield* chunk.rows ?? [];
  }

  /**
   * Reads again what the reader sees. Rows that came before the one at `anchor` do not move it: how many there are is what is returned, for the
   * table to scroll by. Far down only the rows that are known are brought up to date.
   */
  async refresh(anchor: number): Promise<number> {
    if (this.busy || !this.ready) return 0;
    this.busy = true;
    try {
      return this.read <= most ? await this.refreshAll(anchor) : await this.refreshShown();
    } catch (error) {
      this.fail(error);
      return 0;
    } finally {
      this.busy = false;
    }
  }

  private async refreshAll(anchor: number): Promise<number> {
    const limit = Math.min(most, Math.max(first, this.read + 20));
    const page = await this.ask({ after: '', limit, hollow: false, total: true }, this.ending.signal);
    const was = this.at(anchor);
    const rows = page.items ?? [];
    this.chunks = [{ from: 0, size: rows.length, after: '', rows }];
    this.next = page.next;
    if (page.total !== undefined) this.total = page.total;
    delete this.error;
    const is = was === undefined ? -1 : rows.findIndex(row => this.key(row) === this.key(was));
    return is < 0 ? 0 : is - anchor;
  }

  private async refreshShown(): Promise<number> {
    for (const chunk of this.chunks.filter(c => c.rows && c.from <= this.wanted[1] && c.from + c.size > this.wanted[0])) {
      const page = await this.ask({ after: chunk.after, limit: Math.min(most, chunk.size), hollow: false, total: true }, this.ending.signal);
      const fresh = new Map((page.items ?? []).map(row => [this.key(row), row]));
      chunk.rows = chunk.rows!.map(row => fresh.get(this.key(row)) ?? row);
      if (page.total !== undefined) this.total = page.total;
    }
    return 0;
  }

  private get read(): number {
    const last = this.chunks[this.chunks.length - 1];
    return last === undefined ? 0 : last.from + last.size;
  }

  /** The place of the chunk that holds a row. */
  private chunkAt(place: number): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = this.chunks[middle]!;
      if (place < chunk.from) high = middle - 1;
      else if (place >= chunk.from + chunk.size) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  /** Reads what is wanted, one page after the other. */
  private async work(): Promise<void> {
    if (this.busy || this.error) return;
    this.busy = true;
    try {
      while (await this.step()) this.changed();
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = false;
    }
  }

  private async step(): Promise<boolean> {
    const [from, to] = this.wanted;
    const hollow = this.chunks.find(c => c.rows === undefined && c.from <= to && c.from + c.size > from);
    if (hollow) return this.fill(hollow);
    if (this.next === undefined || (this.ready && to < this.read)) return false;
    return this.extend(from - this.read > usual);
  }

  private async fill(chunk: Chunk<Row>): Promise<boolean> {
    const page = await this.ask({ after: chunk.after, limit: chunk.size, hollow: false, total: false }, this.ending.signal);
    chunk.rows = (page.items ?? []).slice(0, chunk.size);
    this.forget();
    return true;
  }

  private async extend(far: boolean): Promise<boolean> {
    const limit = far ? most : this.ready ? usual : first;
    const page = await this.ask({ after: this.next ?? '', limit, hollow: far, total: !this.ready }, this.ending.signal);
    const rows = page.items ?? [];
    if (rows.length > 0) this.chunks.push({ from: this.read, size: rows.length, after: this.next ?? '', ...(far ? {} : { rows }) });
    this.next = page.next;
    if (page.total !== undefined) this.total = page.total;
    this.ready = true;
    this.forget();
    return true;
  }

  /** Lets go of rows that are far from the window: they are read again when they are wanted. */
  private forget(): void {
    const full = this.chunks.filter(c => c.rows);
    let held = full.reduce((sum, c) => sum + c.size, 0);
    const far = (c: Chunk<Row>): number => Math.abs(c.from - this.wanted[0]);
    for (const chunk of full.sort((a, b) => far(b) - far(a))) {
      if (held <= kept) break;
      delete chunk.rows;
      held -= chunk.size;
    }
  }

  private fail(error: unknown): void {
    if (this.ending.signal.aborted) return;
    this.error = error instanceof Error ? error : new Error(String(error));
    this.changed();
  }
}
