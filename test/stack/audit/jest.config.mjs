import base from '../../../jest.config.mjs';

/** What runs against a local AWS; skipped, and said so, where there is none. */
export default {
  ...base,
  rootDir: '../../..',
  testMatch: ['<rootDir>/test/stack/audit/*.wire.ts'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
