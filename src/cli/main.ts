import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  now: () => new Date(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
