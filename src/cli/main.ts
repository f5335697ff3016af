import { run } from './run.ts';

const surroundings = {
  cwd: process.cwd(),
  now: () => new Date(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
};

// No await at the top: the command is one CommonJS file, which starts faster than modules.
void run(process.argv.slice(2), surroundings).then((exitCode) => {
  process.exitCode = exitCode;
});
