// A mark below a code cell.
import { Widget } from '@lumino/widgets';
import type { Place } from '../host';
import { trans } from '../trans';
import type { Mark } from './marks';

export class Badge extends Widget {
  private readonly button = document.createElement('button');
  private readonly sign = document.createElement('span');
  private readonly text = document.createElement('span');
  private readonly compare = document.createElement('button');
  private compared?: Place | undefined;

  constructor(open: () => void, go: (place: Place) => void) {
    super();
    this.addClass('gm-badge');
    this.button.type = 'button';
    this.button.addEventListener('click', open);
    this.sign.setAttribute('aria-hidden', 'true');
    this.sign.className = 'gm-badge-sign';
    this.button.append(this.sign, this.text);
    this.compare.type = 'button';
    this.compare.className = 'gm-badge-compare';
    this.compare.textContent = trans.__('compare');
    this.compare.title = trans.__('Show what differs between the two runs');
    this.compare.addEventListener('click', () => this.compared && go(this.compared));
    this.node.append(this.button, this.compare);
    this.set(undefined);
  }

  set(mark: Mark | undefined): void {
    this.setHidden(mark === undefined);
    if (!mark) return;
    this.node.dataset['kind'] = mark.kind;
    this.sign.textContent = mark.sign;
    this.text.textContent = mark.text;
    this.button.title = mark.title;
    this.compared = mark.compare;
    this.compare.hidden = !mark.compare;
    this.compare.setAttribute('aria-label', trans.__('Compare with the run before: %1', mark.text));
    this.button.setAttribute('aria-label', trans.__('Ledger: %1. %2', mark.text, mark.title));
  }
}
