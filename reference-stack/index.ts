/** What `headgate/reference-stack` exports: the flows of the reference architecture, the scheduled audit, and the hook. */
export * from './lib/index.ts';
export * from './audit/index.ts';
export * from './hook/index.ts';
