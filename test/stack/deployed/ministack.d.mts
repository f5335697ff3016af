/** Installs ministack once; resolves with why there is none, or with undefined. */
export function installMinistack(): Promise<string | undefined>;
/** Starts the emulator on a free port, with stubs for resource types that it lacks. */
export function startMinistack(stubs: readonly string[]): Promise<{
  readonly endpoint: string;
  /** What it printed last. */
  said(): string;
  stop(): Promise<void>;
}>;
/** The Python of the virtual environment. */
export const python: string;
/** Account that everything is deployed to. */
export const account: string;
