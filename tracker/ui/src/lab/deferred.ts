/** A promise that is kept from outside. */
export interface Deferred<T> {
  promise: Promise<T>;
  done: boolean;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let settle: [(value: T) => void, (error: unknown) => void] | undefined;
  const promise = new Promise<T>((resolve, reject) => (settle = [resolve, reject]));
  promise.catch(() => undefined); // who waits is told; when nobody does it is no matter
  const d: Deferred<T> = {
    promise,
    done: false,
    resolve: value => ((d.done = true), settle?.[0](value)),
    reject: error => settle?.[1](error),
  };
  return d;
}
