// A mark below a code cell.
import { Widget } from '@lumino/widgets';
import type { Mark } from './marks';
import type { Words } from './words';

export class Badge extends Widget {
  private readonly button = document.createElement('button');
  private readonly sign = document.createElement('span');
  private readonly text = document.createElement('span');

  constructor(private readonly words: Words, open: () => void) {
    super();
    this.addClass('gm-badge');
    this.button.type = 'button';
    this.button.addEventListener('click', open);
    this.sign.setAttribute('aria-hidden', 'true');
    this.sign.className = 'gm-badge-sign';
    this.button.append(this.sign, this.text);
    this.node.append(this.button);
    this.set(undefined);
  }

  set(mark: Mark | undefined): void {
    this.setHidden(mark === undefined);
    if (!mark) return;
    this.node.dataset['kind'] = mark.kind;
    this.sign.textContent = mark.sign;
    this.text.textContent = mark.text;
    this.button.title = mark.title;
    this.button.setAttribute('aria-label', this.words.__('Ledger: %1. %2', mark.text, mark.title));
  }
}
