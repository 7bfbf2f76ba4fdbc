/** The notebook in front, as the side panel tells of it. */
export interface NotebookNow {
  /** Its path, as the ledger knows it. */
  path: string;
  name: string;
  /** What people call its kernel; empty where it has none. */
  kernel: string;
  /** The name of its kernel's kernelspec. */
  kernelName: string;
  /** Whether it is not known yet if it will have a kernel. */
  waiting: boolean;
  /** Whether its kernel is one of gemba's. */
  recorded: boolean;
  /** What people call the kernel that would record what this one runs, where it is installed. */
  recorder?: string;
}
