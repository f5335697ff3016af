export function packAction(out: string): void;
