// node reference-stack/synth.mjs [OUT] [name=value ...]: synthesizes without the CDK CLI, network or account.
import './typescript.mjs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { checkSettings } = await import('./deploy/settings.ts');
const [out = fileURLToPath(new URL('./cdk.out', import.meta.url)), ...rest] = process.argv.slice(2);
const settings = rest.map((each) => {
  const at = each.indexOf('=');
  return at < 0 ? [each, ''] : [each.slice(0, at), each.slice(at + 1)];
});
try {
  checkSettings(new Map(settings));
  process.env.CDK_OUTDIR = resolve(out);
  process.env.CDK_CONTEXT_JSON = JSON.stringify(Object.fromEntries(settings));
  await import('./app.ts');
} catch (error) {
  // Where it was thrown says nothing to whoever synthesizes; a change of the constructs is debugged with it.
  console.error(process.env.DEBUG ? error : error.message);
  process.exitCode = 1;
}
