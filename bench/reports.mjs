// Peak memory and time of each report of a large scan, each in a process of its own:
// node bench/reports.mjs [resources, default 50000] [format ...]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [count = '50000', ...formats] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
const perTemplate = 450;

function template(size) {
  const Resources = {};
  for (let n = 0; n < size; n += 3) {
    Resources[`Handler${n}`] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::111122223333:role/handler',
        Code: { S3Bucket: 'code', S3Key: `handler-${n}` },
      },
    };
    Resources[`Queue${n}`] = { Type: 'AWS::SQS::Queue', Properties: {} };
    Resources[`Mapping${n}`] = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: `Handler${n}` },
        EventSourceArn: { 'Fn::GetAtt': [`Queue${n}`, 'Arn'] },
      },
    };
  }
  return JSON.stringify({ Resources });
}

try {
  for (let left = Number(count), n = 0; left > 0; left -= perTemplate, n += 1)
    writeFileSync(join(folder, `t${n}.json`), template(Math.min(left, perTemplate)));
  const command = resolve('dist/headgate.cjs');
  for (const format of formats.length > 0 ? formats : ['console', 'json', 'sarif', 'html', 'csv']) {
    const output = join(folder, `report.${format}.out`);
    const started = performance.now();
    // The peak of the child alone, in kilobytes, as Linux and macOS report it on their own.
    const script = `process.argv.splice(1, 1); process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n')); require(process.argv[1]);`;
    const { stderr, status } = spawnSync(
      process.execPath,
      [
        '-e',
        script,
        '-',
        command,
        'scan',
        folder,
        '--format',
        format,
        '--output',
        output,
        '--fail-on',
        'none',
        '--quiet',
      ],
      { encoding: 'utf8', maxBuffer: Infinity },
    );
    const peak = Number(/peak (\d+)/.exec(stderr)?.[1] ?? 0) / 1024;
    const size = status === 0 ? statSync(output).size / 1e6 : 0;
    process.stdout.write(
      `${format}: exit ${status}, ${((performance.now() - started) / 1000).toFixed(1)} s, peak ${peak.toFixed(0)} MiB, ${size.toFixed(0)} MB\n`,
    );
    if (status !== 0) process.stdout.write(stderr.slice(-500));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
