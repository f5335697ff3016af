// node reference-stack/deploy.mjs [name=value ...] [options of `cdk deploy`]: deploys with signed functions.
import './typescript.mjs';

const { deploy } = await import('./deploy/deploy.ts');
await deploy(process.argv.slice(2));
