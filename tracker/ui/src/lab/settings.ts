// What people set in Settings, Gemba; src/lab/settings.json describes it.
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

export interface Choice {
  badges: boolean;
  panel: boolean;
  startKernel: boolean;
}

const usual: Choice = { badges: true, panel: true, startKernel: true };

export class Settings {
  now = usual;
  changed: (now: Choice) => void = () => undefined;

  /** Reads the settings, and again when they change. Where there are none, what is usual holds. */
  async follow(registry: ISettingRegistry | null, id: string): Promise<void> {
    this.changed(this.now);
    if (!registry) return;
    try {
      const settings = await registry.load(id);
      const read = (): void => {
        this.now = { ...usual, ...(settings.composite as Partial<Choice>) };
        this.changed(this.now);
      };
      settings.changed.connect(read);
      read();
    } catch (error) {
      console.warn('gemba: the settings could not be read', error);
    }
  }
}
