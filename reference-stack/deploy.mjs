// node reference-stack/deploy.mjs [name=value ...] [options of `cdk deploy`]: deploys with signed functions.
import './typescript.mjs';

const { deploy } = await import('./deploy/deploy.ts');
try {
  await deploy(process.argv.slice(2));
} catch (error) {
  // Where it was thrown says nothing to whoever deploys.
  console.error(process.argv.includes('--debug') ? error : error.message);
  process.exitCode = 1;
}
