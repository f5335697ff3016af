/** What `headgate/reference-stack` exports: the flows of the reference architecture, and the scheduled audit. */
export * from './lib/index.ts';
export * from './audit/index.ts';
