// Texts of the extension go through JupyterLab's translator, under the domain "gemba".
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';
import type { Words } from '../host';

export type { Words };

export function wordsOf(translator: ITranslator | null): Words {
  return (translator ?? nullTranslator).load('gemba');
}
