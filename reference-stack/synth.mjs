// node reference-stack/synth.mjs [OUT] [name=value ...]: synthesizes without the CDK CLI, network or account.
import './typescript.mjs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [out = fileURLToPath(new URL('./cdk.out', import.meta.url)), ...settings] = process.argv.slice(2);
process.env.CDK_OUTDIR = resolve(out);
process.env.CDK_CONTEXT_JSON = JSON.stringify(Object.fromEntries(settings.map((each) => each.split('='))));
await import('./app.ts');
