// Runs the command from source, rules read from their YAML files: node scripts/dev.mjs scan examples/orders-api.yaml
import { rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bundleSource } from './from-source.mjs';

const file = await bundleSource("import './src/cli/main.ts';", 'dev');
process.on('exit', () => rmSync(file, { force: true }));
await import(pathToFileURL(file).href);
