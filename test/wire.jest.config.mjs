// Suites against a local AWS endpoint; scripts/check.mjs installs it where Python 3 is there.
import base from '../jest.config.mjs';

export default {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.wire.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
