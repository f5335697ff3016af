// The reference application, deployed to an AWS emulator; scripts/check.mjs installs it where Python 3 is there.
import base from './../jest.config.mjs';

export default {
  ...base,
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.e2e.ts'],
  testTimeout: 300_000,
  maxWorkers: 1,
};
