import type { ComponentType } from 'preact';
import type { Place } from '../host';

/** A view of the ledger: one entry of the navigation, one main-area widget in JupyterLab. */
export interface View {
  id: string;
  /** What it is called, in the navigation and as a tab. */
  title: string;
  /** What it shows, in a sentence. */
  about: string;
  /** The paths of a 16 by 16 icon, drawn with the text's colour. */
  icon: string;
  /** Whether the navigation lists it; others are reached from views. */
  listed: boolean;
  show: ComponentType<{ params: Place['params'] }>;
}

/** One text of a parameter. */
export function one(params: Place['params'], name: string): string | undefined {
  const value = params[name];
  return Array.isArray(value) ? value[0] : value;
}

/** All texts of a parameter. */
export function many(params: Place['params'], name: string): string[] {
  const value = params[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
