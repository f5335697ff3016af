/** Streams and surroundings of one run; tests pass their own. */
export interface Surroundings {
  readonly cwd: string;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: {
    write(text: string): unknown;
    once?(event: string, listener: () => void): unknown;
    readonly destroyed?: boolean;
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}
