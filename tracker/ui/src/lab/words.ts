// Texts of the extension go through JupyterLab's translator, under the domain "gemba".
import { nullTranslator, type ITranslator, type TranslationBundle } from '@jupyterlab/translation';

export type Words = Pick<TranslationBundle, '__' | '_n'>;

export function wordsOf(translator: ITranslator | null): Words {
  return (translator ?? nullTranslator).load('gemba');
}
