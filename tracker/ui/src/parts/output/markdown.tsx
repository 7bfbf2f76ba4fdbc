// Markdown as elements of our own: what it has of HTML is shown as text, and nothing of it loads from anywhere.
import { lexer, type Token, type Tokens } from 'marked';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { trans } from '../../trans';

/** Longer texts, in characters, are shown as they are written. */
const readable = 200_000;

export function Markdown({ text }: { text: string }) {
  const tokens = useMemo(() => (text.length > readable ? null : lexer(text)), [text]);
  return tokens === null ? <pre class="gm-output-text" tabIndex={0}>{text}</pre> : <div class="gm-markdown" dir="auto">{all(tokens)}</div>;
}

function all(tokens: Token[] | undefined): ComponentChildren {
  return tokens?.map((token, i) => <Part key={i} token={token} />);
}

type Show<T> = (token: T) => ComponentChildren;

/** How each kind of token is shown; the others show as their text. */
const shows: Record<string, Show<never>> = {
  space: () => null,
  paragraph: ((t: Tokens.Paragraph) => <p>{all(t.tokens)}</p>) as Show<never>,
  text: ((t: Tokens.Text) => (t.tokens ? <>{all(t.tokens)}</> : <>{decoded(t.text)}</>)) as Show<never>,
  escape: ((t: Tokens.Escape) => <>{t.text}</>) as Show<never>,
  heading: ((t: Tokens.Heading) => <p role="heading" aria-level={Math.min(6, t.depth + 2)} class={`gm-markdown-h gm-markdown-h${t.depth}`}>{all(t.tokens)}</p>) as Show<never>,
  strong: ((t: Tokens.Strong) => <strong>{all(t.tokens)}</strong>) as Show<never>,
  em: ((t: Tokens.Em) => <em>{all(t.tokens)}</em>) as Show<never>,
  del: ((t: Tokens.Del) => <del>{all(t.tokens)}</del>) as Show<never>,
  codespan: ((t: Tokens.Codespan) => <code>{t.text}</code>) as Show<never>,
  code: ((t: Tokens.Code) => <pre tabIndex={0}>{t.text}</pre>) as Show<never>,
  br: () => <br />,
  hr: () => <hr />,
  blockquote: ((t: Tokens.Blockquote) => <blockquote>{all(t.tokens)}</blockquote>) as Show<never>,
  list: ((t: Tokens.List) => <List list={t} />) as Show<never>,
  link: ((t: Tokens.Link) => <Away to={t.href}>{all(t.tokens)}</Away>) as Show<never>,
  image: ((t: Tokens.Image) => <Picture of={t} />) as Show<never>,
  table: ((t: Tokens.Table) => <Table table={t} />) as Show<never>,
};

function Part({ token }: { token: Token }) {
  const show = shows[token.type] as Show<Token> | undefined;
  return <>{show ? show(token) : token.raw}</>;
}

/** The few references that the lexer leaves in texts. */
function decoded(text: string): string {
  const named: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, found => named[found]!);
}

/** A link that is followed when the reader wants it, and never before; other schemes than the web's are no links. */
function Away({ to, children }: { to: string; children: ComponentChildren }) {
  return /^https?:\/\//i.test(to) ? (
    <a class="gm-link" href={to} target="_blank" rel="noopener noreferrer nofollow" title={to}>{children}</a>
  ) : (
    <span title={to}>{children}</span>
  );
}

/** Images that are in the text itself are shown; others would be loaded, and are not. */
function Picture({ of: { href, text } }: { of: Tokens.Image }) {
  if (/^data:image\/(?:png|jpeg|gif|webp);base64,/i.test(href)) return <img src={href} alt={text} />;
  return <span class="gm-chip" title={href}>{trans.__('image not loaded: %1', text || href.slice(0, 80))}</span>;
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, i) => (
    <li key={i}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} disabled aria-label={item.checked ? trans.__('done') : trans.__('not done')} />}
      {all(item.tokens)}
    </li>
  ));
  return list.ordered ? <ol start={list.start === '' ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { table: Tokens.Table }) {
  return (
    <table class="gm-table">
      <thead>
        <tr>{table.header.map((cell, i) => <th key={i} scope="col">{all(cell.tokens)}</th>)}</tr>
      </thead>
      <tbody>
        {table.rows.map((row, i) => (
          <tr key={i}>{row.map((cell, k) => <td key={k}>{all(cell.tokens)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}
