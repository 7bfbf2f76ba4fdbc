// What was said of what, and what nobody judged yet.
import type { Schemas } from '../../api/client';

export type Review = Schemas['Review'];
export type RunRow = Schemas['account.RunRow'];

/** A thing that can be reviewed, and how it stands. */
export interface Subject {
  id: string;
  /** What it is called, where that is known. */
  name?: string | undefined;
  /** The last approval or rejection. */
  verdict?: string | undefined;
  comments: number;
  /** When something was said of it last, or when it came to be. */
  time: string;
}

/** What was said of each subject, the newest first. */
export function subjectsOf(reviews: Review[], runs: RunRow[]): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const r of reviews) {
    const before = subjects.get(r.subject);
    const verdict = r.verdict === 'commented' ? before?.verdict : r.verdict;
    const name = before?.name ?? runs.find(run => run.id === r.subject)?.name;
    subjects.set(r.subject, { id: r.subject, name, verdict, comments: (before?.comments ?? 0) + (r.comment ? 1 : 0), time: r.time });
  }
  return [...subjects.values()].sort((a, b) => b.time.localeCompare(a.time));
}

/** The runs that ended and that nobody approved or rejected, the newest first. */
export function waitingOf(runs: RunRow[], subjects: Subject[]): Subject[] {
  const judged = new Map(subjects.map(s => [s.id, s]));
  return runs
    .filter(r => r.status !== 'running' && judged.get(r.id)?.verdict === undefined)
    .map(r => judged.get(r.id) ?? { id: r.id, name: r.name, comments: 0, time: r.ended ?? r.started ?? '' });
}
