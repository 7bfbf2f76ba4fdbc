// Fills cells with outputs that the ledger has and the notebook lost: a browser that was closed while cells ran.
import type { Cell } from '@jupyterlab/cells';
import type { IOutput, IMimeBundle, IStream } from '@jupyterlab/nbformat';
import type { Client, Schemas } from '../api/client';
import { countOf } from './badges';
import { edited } from './marks';
import type { NotebookRecord } from './record';

type Output = Schemas['CellOutput'];

/** A cell, and what it showed when it was run last. */
export interface Lost {
  cell: Cell;
  count: number;
  outputs: IOutput[];
}

interface Outputs {
  execution_count: number | null;
  getOutputs(): IOutput[];
  setOutputs(outputs: IOutput[]): void;
}

/** Finds the cells that lack what their last execution showed. Cells that were edited since are left alone. */
export async function findLost(cells: readonly Cell[], record: NotebookRecord, client: Client): Promise<Lost[]> {
  await record.read();
  const lost: Lost[] = [];
  for (const cell of cells) {
    const found = cell.model.type === 'code' ? record.of(cell.model.id) : undefined;
    if (!found?.finished || edited(found, cell.model.sharedModel.getSource(), digest => record.sourceOf(digest))) continue;
    const present = (cell.model.sharedModel as unknown as Outputs).getOutputs();
    if (countOf(cell) === found.count && present.length > 0) continue;
    const outputs = await recordedOutputs(client, found.execution);
    if (outputs.length > 0 || countOf(cell) !== found.count) lost.push({ cell, count: found.count, outputs });
  }
  return lost.filter(({ cell, count, outputs }) => outputs.length > 0 || countOf(cell) !== count);
}

/** Puts outputs into their cells, as a run would. */
export function fill(lost: Lost[]): void {
  for (const { cell, count, outputs } of lost) {
    if (cell.isDisposed) continue;
    const shared = cell.model.sharedModel as unknown as Outputs;
    shared.setOutputs(outputs);
    shared.execution_count = count;
  }
}

/** What a cell execution showed in the end, as a notebook holds it (https://nbformat.readthedocs.io/en/latest/format_description.html). */
export async function recordedOutputs(client: Client, execution: string): Promise<IOutput[]> {
  const all: Output[] = [];
  let after: string | undefined;
  do {
    const page = await client.get('/api/cells/{id}/outputs', { id: execution, limit: 1000, ...(after ? { after } : {}) });
    all.push(...(page.items ?? []));
    after = page.next;
  } while (after);
  const shown: IOutput[] = [];
  for (const output of all.filter(o => o.shown)) {
    const now = await notebookOutput(client, output, all.find(o => o.n === output.updated) ?? output);
    const last = shown[shown.length - 1];
    if (isStream(now) && isStream(last) && now.name === last.name) last.text = `${String(last.text)}${String(now.text)}`;
    else shown.push(now);
  }
  return shown;
}

function isStream(output: IOutput | undefined): output is IStream {
  return output?.output_type === 'stream';
}

async function notebookOutput(client: Client, output: Output, now: Output): Promise<IOutput> {
  const data = now.data ?? [];
  if (output.type === 'stream') return { output_type: 'stream', name: output.stream === 'stderr' ? 'stderr' : 'stdout', text: await textOf(client, data[0]) };
  if (output.type === 'error') return { output_type: 'error', ename: output.error ?? '', evalue: output.value ?? '', traceback: (await textOf(client, data[0])).split('\n') };
  const bundle: IMimeBundle = {};
  for (const one of data) bundle[one.type] = await valueOf(client, one);
  const rest = { data: bundle, metadata: (now.metadata ?? {}) as Record<string, never> };
  return output.type === 'execute_result' ? { output_type: 'execute_result', execution_count: output.count ?? null, ...rest } : { output_type: 'display_data', ...rest };
}

type Data = NonNullable<Output['data']>[number];

async function textOf(client: Client, data: Data | undefined): Promise<string> {
  if (!data) return '';
  return data.text !== undefined && data.text !== null && !data.truncated ? data.text : (await client.bytes(data.url)).text();
}

const texts = /^text\/|\+xml$|^application\/(javascript|xml|x-latex)$/;

/** The value of a media type as nbformat writes it: JSON as it is, texts as they are, anything else in base64. */
async function valueOf(client: Client, data: Data): Promise<IMimeBundle[string]> {
  const text = (): Promise<string> => textOf(client, data);
  if (data.type === 'application/json' || data.type.endsWith('+json')) return JSON.parse(await text()) as never;
  if (texts.test(data.type)) return text();
  const bytes = new Uint8Array(await (await client.bytes(data.url)).arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
