// Two versions of a source side by side, or one above the other where there is little room.
import './merge.css';
import { useEffect, useRef } from 'preact/hooks';
import { goLanguage } from '@codemirror/lang-go';
import { pythonLanguage } from '@codemirror/lang-python';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { trans } from '../trans';
import type { Language } from './code/languages';
import { look, reading } from './merge-look';

interface Props {
  before: string;
  after: string;
  language: Language;
  /** What it is the source of: "cell 3". */
  label: string;
}

const languages: Record<Language, Extension> = { go: goLanguage, python: pythonLanguage, '': [] };

/** Where the window is narrower than this, in CSS pixels, the versions stand in one column. */
const narrow = 640;

/** Longer sources are compared less precisely, so that a page never hangs. */
const patience = { scanLimit: 2000, timeout: 200 };

/** Shows what differs between two sources; equal parts are folded. */
export function Merge(props: Props) {
  const { before, after, language, label } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' }); // its style sheets need no permission of the page's policy
    let shown: { destroy(): void } | undefined;
    let unified: boolean | undefined;
    const watch = new ResizeObserver(() => {
      const small = element.clientWidth < narrow;
      if (small === unified || element.clientWidth === 0) return;
      unified = small;
      shown?.destroy();
      shown = small ? oneColumn(root, props) : twoColumns(root, props);
    });
    watch.observe(element);
    return () => (watch.disconnect(), shown?.destroy());
  }, [before, after, language, label]);
  return <div class="gm-merge" ref={place} role="region" aria-label={trans.__('What differs in %1', label)} dir="ltr" />;
}

function base(language: Language, label: string): Extension[] {
  return [
    ...reading(), look, languages[language],
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
  ];
}

const folded = { margin: 3, minSize: 4 };

function twoColumns(root: ShadowRoot, { before, after, language, label }: Props): MergeView {
  return new MergeView({
    parent: root, root, collapseUnchanged: folded, gutter: true, diffConfig: patience,
    a: { doc: before, extensions: base(language, trans.__('%1, A', label)) },
    b: { doc: after, extensions: base(language, trans.__('%1, B', label)) },
  });
}

function oneColumn(root: ShadowRoot, { before, after, language, label }: Props): EditorView {
  const changes = unifiedMergeView({ original: before, mergeControls: false, gutter: true, collapseUnchanged: folded, diffConfig: patience });
  return new EditorView({ parent: root, root, doc: after, extensions: [base(language, trans.__('%1, A and B', label)), changes] });
}
