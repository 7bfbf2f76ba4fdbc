// A comm to a kernel that answers for its ledger. The protocol is told by the comment of gemba's package kernel/bridge.
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { Fault, type Reply } from '../api/client';
import { trans } from '../trans';
import { Answer, type Events, type Part } from './answer';
import { deferred, type Deferred } from './deferred';

const target = 'gemba.ledger';

/** What a kernel says of itself when a comm is open. */
export interface Hello {
  version: number;
  program: string;
  /** The id of the kernel's session in the ledger. */
  session: string;
  /** "go", or the name of the wrapped kernel's kernelspec. */
  kernel: string;
}

/** The comm was lost while something was asked: a kernel that restarts, a connection that broke. It may be asked again. */
export class Lost extends Fault {
  constructor(why: string) {
    super(0, 'unreachable', why, trans.__('wait until the kernel is back'));
  }
}

/** How long a kernel may take to say hello, in milliseconds. */
const patience = 30_000;
/** How long nothing may come of an answer until it counts as lost, in milliseconds. */
const silent = 60_000;

export class Link {
  private comm?: Kernel.IComm;
  private greeting?: Deferred<Hello>;
  private refused?: Fault;
  private next = 1;
  private readonly answers = new Map<number, Answer>();
  private readonly lives = new Set<string>(); // sessions in the headers of messages

  constructor(readonly kernel: Kernel.IKernelConnection) {
    kernel.statusChanged.connect((_, status) => {
      if (!['restarting', 'autorestarting', 'terminating', 'dead'].includes(status)) return;
      delete this.refused; // what starts may be another program
      this.drop(trans.__('the kernel restarts'));
    });
    kernel.connectionStatusChanged.connect((_, status) => status !== 'connected' && this.drop(trans.__('the connection to the kernel is lost')));
    kernel.disposed.connect(() => this.drop(trans.__('the kernel is gone')));
    kernel.iopubMessage.connect((_, message) => this.look(message.header.session));
  }

  /** Whether it makes sense to ask this kernel. */
  get usable(): boolean {
    return !this.kernel.isDisposed && this.kernel.status !== 'dead' && this.refused === undefined;
  }

  /** Opens the comm, unless it is open. */
  async open(): Promise<Hello> {
    if (this.refused) throw this.refused;
    if (this.greeting) return this.greeting.promise;
    const greeting = deferred<Hello>();
    this.greeting = greeting;
    const late = setTimeout(() => this.drop(trans.__('the kernel does not answer')), patience);
    greeting.promise.then(() => clearTimeout(late), () => clearTimeout(late));
    await this.connected();
    if (this.greeting === greeting) this.start();
    return greeting.promise;
  }

  /** Sends a request and returns its answer. Events of a stream go to `events`. */
  async ask(method: string, path: string, body?: string, signal?: AbortSignal, events?: Events): Promise<Reply> {
    await this.open();
    signal?.throwIfAborted();
    const id = this.next++;
    const answer = new Answer(part => {
      this.send({ id, got: part });
      heard();
    }, events);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      if (!events) silence = setTimeout(() => answer.lose(), silent);
    };
    const ended = (): void => {
      this.send({ id, cancel: true });
      answer.fail(signal?.reason);
    };
    this.answers.set(id, answer);
    signal?.addEventListener('abort', ended);
    try {
      this.send({ id, method, path, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body }), acks: true });
      heard();
      return await answer.promise;
    } catch (error) {
      if (answer.lost) this.send({ id, cancel: true }); // the kernel waits for somebody to take the rest
      throw error;
    } finally {
      clearTimeout(silence);
      signal?.removeEventListener('abort', ended);
      this.answers.delete(id);
    }
  }

  private connected(): Promise<void> {
    const { kernel } = this;
    if (kernel.connectionStatus === 'connected' || kernel.isDisposed) return Promise.resolve();
    return new Promise(resolve => {
      const look = (): void => {
        if (kernel.connectionStatus === 'connecting' && this.greeting) return;
        kernel.connectionStatusChanged.disconnect(look);
        resolve();
      };
      kernel.connectionStatusChanged.connect(look);
    });
  }

  private start(): void {
    try {
      const comm = this.kernel.createComm(target, `${target}-${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`);
      if ('commsOverSubshells' in comm) comm.commsOverSubshells = 'disabled' as never; // gemba answers beside cells as it is
      comm.onMsg = message => this.hear(message);
      comm.onClose = message => this.closed(comm, (message.content.data as { error?: string }).error);
      this.comm = comm;
      comm.open({ version: 1 }).done.catch(() => undefined); // a kernel that goes away is told of by its status
    } catch (error) {
      this.drop(error instanceof Error ? error.message : String(error));
    }
  }

  private send(data: Record<string, unknown>): void {
    if (!this.comm || this.comm.isDisposed || this.kernel.isDisposed) return this.drop(trans.__('the connection to the kernel is lost'));
    this.comm.send(data as never).done.catch(() => undefined); // as above
  }

  private hear(message: KernelMessage.ICommMsgMsg): void {
    const data = message.content.data as unknown as Part & { hello?: Hello };
    if (data.hello) this.greeting?.resolve(data.hello);
    else if (data.id !== undefined) this.answers.get(data.id)?.take(data, message.buffers?.[0]);
    else console.warn(`gemba: ${data.error}`);
  }

  /** Whoever restarted the kernel may not have told this page: then its messages are of another session, and it closes a comm it does not know. */
  private look(session: string): void {
    if (this.lives.has(session)) return;
    this.lives.add(session);
    if (this.comm && this.lives.size > 1) this.send({ id: 0, cancel: true });
  }

  private closed(comm: Kernel.IComm, why = trans.__('the kernel closed the connection')): void {
    if (comm !== this.comm) return;
    if (!this.greeting?.done) this.refused = new Fault(0, 'refused', why, trans.__('gemba install brings a kernel that answers'));
    this.drop(why);
  }

  /** Forgets the comm. What waits for answers fails. */
  private drop(why: string): void {
    const { greeting, answers } = this;
    delete this.comm;
    delete this.greeting;
    this.lives.clear();
    greeting?.reject(this.refused ?? new Lost(why));
    for (const answer of [...answers.values()]) answer.fail(new Lost(why));
  }
}
