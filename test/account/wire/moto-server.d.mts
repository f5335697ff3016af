/** Installs moto once; resolves with why there is none, or with undefined. */
export function installMoto(): Promise<string | undefined>;
/** Starts a server on a free port. */
export function startMoto(): Promise<{ readonly endpoint: string; stop(): Promise<void> }>;
/** Folder of the programs that moto brings. */
export const motoBin: string;
