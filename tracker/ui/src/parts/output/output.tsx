// A recorded output as it was. Its bytes are hostile: see Frame.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { N_, trans } from '../../trans';
import { bytes } from '../format';
import { Frame } from '../frame/frame';
import { Picture, Save, useAddress } from './bytes';
import { Heavy, isHeavy } from './heavy';
import { JSONTree } from './json';
import { Markdown } from './markdown';
import { firstOf, kindOf, vendorOf, type Kind } from './media';
import { Terminal } from './text';
import type { Arranged, CellOutput, OutputData } from './use';
import { Whole } from './whole';

interface Shown {
  data: OutputData;
  output: CellOutput;
  /** Of a text that came in several. */
  parts: readonly OutputData[];
  label: string;
}

function Played({ data, label }: Shown) {
  const { address } = useAddress(data.url);
  return data.type.startsWith('audio/') ? <audio controls preload="none" src={address} aria-label={label} /> : <video class="gm-output-image" controls preload="metadata" src={address} aria-label={label} />;
}

const fileName = (output: CellOutput, data: OutputData): string => `output-${output.n}.${data.type.replace(/^.*\//, '').replace(/\+.*$/, '').replace('plain', 'txt').replace(/[^a-z0-9]+/gi, '-')}`;

/** The width that a front end was told to show an image in, in CSS pixels. */
function widthOf(output: CellOutput, type: string): number | undefined {
  const told = (output.metadata as Record<string, { width?: unknown } | undefined> | undefined)?.[type]?.width;
  return typeof told === 'number' && told > 0 && told <= 4000 ? told : undefined;
}

const shows: Record<Kind, (shown: Shown) => ComponentChildren> = {
  text: s => (
    <Whole {...s} name={fileName(s.output, s.data)}>
      {text => <Terminal text={text} label={s.label} tone={s.output.type === 'error' ? 'gm-output-error' : s.output.stream === 'stderr' ? 'gm-output-stderr' : ''} />}
    </Whole>
  ),
  markdown: s => <Whole {...s} showable={400_000} name={fileName(s.output, s.data)}>{text => <Markdown text={text} />}</Whole>,
  latex: s => (
    <>
      <p class="gm-output-note">{trans.__('LaTeX, as it is written')}</p>
      <Whole {...s} name={fileName(s.output, s.data)}>{text => <Terminal text={text} label={s.label} />}</Whole>
    </>
  ),
  image: s => <Picture path={s.data.url} label={s.label} width={widthOf(s.output, s.data.type)} />,
  svg: s => <SVG {...s} />,
  document: s => <Frame path={s.data.document ?? ''} source={s.data} name={s.label} />,
  program: s => <Frame path={s.data.document ?? ''} source={s.data} name={s.label} program />,
  json: s => <Whole {...s} name={fileName(s.output, s.data)}>{text => <JSONTree text={text} />}</Whole>,
  vendor: s => <Whole {...s} name={fileName(s.output, s.data)}>{text => <JSONTree text={text} />}</Whole>,
  sound: s => <Played {...s} />,
  film: s => <Played {...s} />,
  file: s => <p class="gm-output-note">{s.data.type}, {bytes(s.data.size)}. <Save path={s.data.url} name={fileName(s.output, s.data)}>{trans.__('Save it')}</Save></p>,
};

/** An SVG as an image, where its scripts do not run; as a document in a frame when the reader wants to see it move. */
function SVG({ data, label }: Shown) {
  const [framed, setFramed] = useState(false);
  return framed ? (
    <Frame path={data.document ?? ''} source={data} name={label} />
  ) : (
    <div class="gm-output-svg">
      <Picture path={data.url} label={label} />
      <button class="gm-link" onClick={() => setFramed(true)}>{trans.__('Show in a frame')}</button>
    </div>
  );
}

const titles: Partial<Record<Kind, string>> = { document: 'HTML', svg: 'SVG', program: 'JavaScript', markdown: 'Markdown', latex: 'LaTeX', json: 'JSON', text: N_('Text'), image: N_('Image') };

function titleOf(type: string): string {
  const known = titles[kindOf(type)];
  return known === undefined ? type : trans.__(known);
}

/** An output, and a choice where it can be shown in several ways. */
export function Output({ output }: { output: Arranged }) {
  const data = output.data ?? [];
  const [type, setType] = useState<string>();
  const [wanted, want] = useState<ReadonlySet<string>>(new Set());
  const shown = data.find(x => x.type === type) ?? firstOf(data);
  if (shown === undefined) return <p class="gm-output-note">{trans.__('An output without anything to show.')}</p>;
  const vendor = data.find(x => kindOf(x.type) === 'vendor');
  const label = output.type === 'error' ? trans.__('Error %1', output.error ?? '') : output.stream ?? trans.__('Output %1', output.n + 1);
  return (
    <div class="gm-output" data-kind={kindOf(shown.type)} data-n={output.n}>
      {output.behind_gap && <p class="gm-output-note">{trans.__('What came before this is not kept: too much was shown.')}</p>}
      {vendor && <p class="gm-output-note">{trans.__('Jupyter draws %1 with a program of its own; here is what else was recorded of it.', vendorOf(vendor.type))}</p>}
      {data.length > 1 && (
        <div class="gm-output-ways" role="group" aria-label={trans.__('Show as')}>
          {data.map(x => (
            <button key={x.type} class="gm-link" aria-pressed={x === shown} onClick={() => setType(x.type)} title={`${x.type}, ${bytes(x.size)}`}>
              {titleOf(x.type)}
            </button>
          ))}
        </div>
      )}
      {isHeavy(shown) && !wanted.has(shown.type)
        ? <Heavy data={shown} title={titleOf(shown.type)} name={fileName(output, shown)} show={() => want(new Set(wanted).add(shown.type))} />
        : shows[kindOf(shown.type)]({ data: shown, parts: output.parts.length > 0 ? output.parts : [shown], output, label })}
    </div>
  );
}
