// Gathers the texts that are translated in locale/gemba.pot, the template that translators begin with, and names those that nobody could
// translate: words in JSX and in attributes that people read or hear.
// The format: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

/** What people read or hear of an attribute or a property. */
const read = new Set(['title', 'label', 'aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'alt', 'placeholder', 'hint', 'caption', 'message', 'head', 'empty', 'none', 'of', 'what']);
/** Elements whose words are a program's. */
const verbatim = new Set(['code', 'kbd', 'pre', 'style']);
const word = /\p{L}{2,}/u;
const joins = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.PlusToken]);

/** The texts, each with its plural, if any, and the files that have it. */
const texts = new Map();
const bare = [];

for (const name of readdirSync('src', { recursive: true }).sort()) {
  if (!/\.tsx?$/.test(name) || /\.(test|d)\.ts$/.test(name)) continue;
  const path = `src/${name.replaceAll('\\', '/')}`;
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  visit(file, file);
}

if (bare.length > 0) {
  console.error(`Nobody could translate these: they want trans.__, trans._n or N_ (src/trans.ts).\n${bare.join('\n')}`);
  process.exit(1);
}
mkdirSync('locale', { recursive: true });
writeFileSync('locale/gemba.pot', catalogue());

function visit(node, file) {
  if (ts.isCallExpression(node)) gather(node, file);
  for (const shown of shownBy(node)) {
    if (word.test(shown.text)) bare.push(`${at(shown.node, file)}: ${shown.text.trim().replace(/\s+/g, ' ')}`);
  }
  ts.forEachChild(node, child => visit(child, file));
}

/** Keeps the texts of a call of a translator. */
function gather(call, file) {
  const callee = call.expression.getText(file);
  if (!/^(trans\.(__|_n)|N_)$/.test(callee)) return;
  const given = call.arguments.slice(0, callee === 'trans._n' ? 2 : 1);
  if (!given.every(ts.isStringLiteralLike)) {
    if (callee !== 'trans.__' || given.some(one => literals(one).length > 0)) bare.push(`${at(call, file)}: ${callee} wants its text written out`);
    return; // a text that N_ has marked
  }
  const [text, plural] = given.map(one => one.text);
  const known = texts.get(text) ?? { plural, files: new Set() };
  if (known.plural !== plural) bare.push(`${at(call, file)}: elsewhere "${text}" has another plural, or one alone; gettext knows a text once`);
  texts.set(text, known);
  known.files.add(file.fileName);
}

/** The words that a node shows as they are. */
function shownBy(node) {
  if (ts.isJsxText(node)) return isVerbatim(node.parent) ? [] : [{ text: node.text, node }];
  if (ts.isJsxExpression(node) && node.expression && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent)) && !isVerbatim(node.parent)) return literals(node.expression);
  if (ts.isJsxAttribute(node) && read.has(node.name.getText()) && node.initializer) {
    return literals(ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer);
  }
  if (ts.isPropertyAssignment(node) && read.has(node.name.getText().replace(/['"]/g, ''))) return literals(node.initializer);
  return [];
}

/** The literals that an expression may be. */
function literals(node) {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [{ text: node.text, node }];
  if (ts.isTemplateExpression(node)) return [{ text: [node.head, ...node.templateSpans.map(span => span.literal)].map(part => part.text).join(' '), node }, ...node.templateSpans.flatMap(span => literals(span.expression))];
  if (ts.isParenthesizedExpression(node)) return literals(node.expression);
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return literals(node.body);
  if (ts.isBinaryExpression(node) && joins.has(node.operatorToken.kind)) return [...literals(node.left), ...literals(node.right)];
  return [];
}

function isVerbatim(element) {
  if (!ts.isJsxElement(element)) return false;
  const { tagName, attributes } = element.openingElement;
  return verbatim.has(tagName.getText()) || attributes.getText().includes('translate={false}');
}

function at(node, file) {
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
}

function catalogue() {
  const head = 'msgid ""\nmsgstr ""\n"Project-Id-Version: gemba\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n';
  const entries = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([text, { plural, files }]) => {
    const said = [...files].map(name => `#: ${name}\n`).join('') + `msgid ${JSON.stringify(text)}\n`;
    return plural === undefined ? `${said}msgstr ""\n` : `${said}msgid_plural ${JSON.stringify(plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n`;
  });
  return [head, ...entries].join('\n');
}
