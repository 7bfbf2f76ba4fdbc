// What the panels of a view have in common: the shown part of the x axis, the cursor, and the run that is pointed at.

type Heard = (what: 'window' | 'cursor' | 'run' | 'rest') => void;

/** Kept apart from components: it changes with every movement of the pointer. */
export class Shared {
  /** The shown part of the x axis; null for all of it. */
  window: [number, number] | null = null;
  cursor: number | null = null;
  /** The panel that the cursor is in. */
  at: string | null = null;
  run: string | null = null;
  /** The reader is dragging or turning the wheel: what is costly waits. */
  moving = false;
  /** How many charts are drawn as the reader moves. */
  boards = 0;
  private resting = 0;
  private turn = 0;
  private readonly all = new Set<Heard>();

  listen(heard: Heard): () => void {
    this.all.add(heard);
    return () => this.all.delete(heard);
  }

  look(window: [number, number] | null): void {
    this.window = window;
    this.moving = true;
    this.tell('window');
    clearTimeout(this.resting);
    const turn = ++this.turn;
    this.resting = window_.setTimeout(() => requestAnimationFrame(() => this.rest(turn)), rest);
  }

  /** Where frames are late, what the reader did meanwhile comes before the frame: it is no rest then. */
  private rest(turn: number): void {
    if (turn !== this.turn) return;
    this.moving = false;
    this.tell('rest');
  }

  point(cursor: number | null, at: string | null): void {
    if (cursor === this.cursor && at === this.at) return;
    [this.cursor, this.at] = [cursor, at];
    this.tell('cursor');
  }

  highlight(run: string | null): void {
    if (run === this.run) return;
    this.run = run;
    this.tell('run');
  }

  close(): void {
    this.turn++;
    clearTimeout(this.resting);
  }

  private tell(what: Parameters<Heard>[0]): void {
    for (const heard of [...this.all]) heard(what);
  }
}

/** So long after the last movement the charts are drawn anew and finer points asked for, in milliseconds. */
const rest = 120;
const window_ = globalThis.window;
