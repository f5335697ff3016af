import { run } from './run.ts';

const surroundings = {
  cwd: process.cwd(),
  now: () => new Date(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
};

// A reader that goes away (`| head`) is no error; what is left to write is for nobody.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

// No await at the top: the command is one CommonJS file, which starts faster than modules.
void run(process.argv.slice(2), surroundings).then((exitCode) => {
  process.exitCode = exitCode;
});
