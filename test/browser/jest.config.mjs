// Real Chromium; scripts/check.mjs runs it where one is installed.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/browser/**/*.browser.ts'],
  testTimeout: 120_000,
};
