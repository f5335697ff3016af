// Strips types only: types are checked by `npm run types`, and a type error should not hide a test's result.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

module.exports = {
  getCacheKey: (source, path) =>
    createHash('sha256').update(version).update(path).update(source).digest('hex'),
  process: (source, path) =>
    transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20.10',
      sourcemap: 'inline',
      sourcefile: path,
    }),
};
