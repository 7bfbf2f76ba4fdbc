// What is put into a frame where frames have no address, as in JupyterLab.
import { trans } from '../../trans';

/** A document within a document whose policy lets frames go nowhere: the frame inside cannot leave for another address, which its own policy could
 *  not forbid it. The one around it has nothing of the output in it but as a text. */
export function enclosed(html: string, scripts: boolean): string {
  return (
    '<!doctype html><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; base-uri 'none'; form-action 'none'${scripts ? "; script-src 'unsafe-inline' 'unsafe-eval'" : ''}">` +
    '<meta http-equiv="x-dns-prefetch-control" content="off"><style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block;overflow:hidden}</style>' +
    `<iframe sandbox="${scripts ? 'allow-scripts' : ''}" referrerpolicy="no-referrer" title="${quoted(trans.__('output'))}" srcdoc="${quoted(html)}"></iframe>`
  );
}

/** A text as an attribute has it. */
function quoted(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
