// How compared sources look: the colours of the page, which reach into the shadow tree as custom properties do.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { trans } from '../trans';

const theme = EditorView.theme({
  '&': { fontSize: 'var(--gm-small)', color: 'var(--gm-text)', backgroundColor: 'var(--gm-ground)' },
  '.cm-scroller': { fontFamily: 'var(--gm-mono)', lineHeight: '1.5' },
  '.cm-gutters': { backgroundColor: 'var(--gm-ground-2)', color: 'var(--gm-text-3)', borderRight: '1px solid var(--gm-line)' },
  '&.cm-focused': { outline: '2px solid var(--gm-accent)', outlineOffset: '-2px' },
  '.cm-content': { padding: '4px 0' },
  '.cm-line, .cm-deletedChunk .cm-deletedLine': { position: 'relative', padding: '0 6px 0 18px' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--gm-removed)' },
  '&.cm-merge-b .cm-changedLine, .cm-insertedLine, .cm-inlineChangedLine, &:not(.cm-merge-a):not(.cm-merge-b) .cm-changedLine': { backgroundColor: 'var(--gm-added)' },
  '&.cm-merge-a .cm-changedLine::before, .cm-deletedChunk .cm-deletedLine::before': { content: '"−"', position: 'absolute', left: '5px', color: 'var(--gm-bad)', textDecoration: 'none' },
  '&.cm-merge-b .cm-changedLine::before, &:not(.cm-merge-a):not(.cm-merge-b) .cm-changedLine::before': { content: '"+"', position: 'absolute', left: '5px', color: 'var(--gm-good)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--gm-bad) 28%, transparent)' },
  '&.cm-merge-b .cm-changedText, &:not(.cm-merge-a):not(.cm-merge-b) .cm-changedText': { background: 'color-mix(in srgb, var(--gm-good) 28%, transparent)' },
  '.cm-changedLine span, .cm-deletedChunk span, .cm-insertedLine span': { color: 'var(--gm-text) !important' }, // no colour of a token is readable on every ground
  '.cm-deletedChunk': { paddingLeft: '0' },
  '.cm-collapsedLines': { color: 'var(--gm-text-2)', background: 'var(--gm-ground-3)', padding: '3px 8px', fontFamily: 'var(--gm-font)' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"', color: 'var(--gm-text-3)' }, // the library's own sign is in few fonts
  '.cm-selectionBackground': { background: 'var(--gm-chosen)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword], color: 'var(--gm-4)' },
  { tag: [tags.string, tags.special(tags.string), tags.character], color: 'var(--gm-3)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--gm-2)' },
  { tag: tags.comment, color: 'var(--gm-text-3)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: 'var(--gm-1)' },
  { tag: [tags.typeName, tags.className], color: 'var(--gm-7)' },
]);

/** What all compared sources have: they are read, and not written. Not a constant, since it says something. */
export function reading(): Extension[] {
  return [
    lineNumbers(), EditorView.lineWrapping, EditorState.readOnly.of(true), EditorView.editable.of(false),
    EditorState.phrases.of({ '$ unchanged lines': trans.__('%1 unchanged lines', '$') }),
  ];
}

export const look: Extension = [theme, syntaxHighlighting(colours)];
