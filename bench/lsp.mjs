// From a change to diagnostics, as an editor sees it: node bench/lsp.mjs (after npm run build). Drives the built server over
// its standard streams: types into a template of 24 resources and of 240, and waits for the list that follows. Prints
// medians, and the ratio of both. The pause before a scan (100 ms) is included.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

const command = fileURLToPath(new URL('../dist/headgate.cjs', import.meta.url));
const rounds = Number(process.argv[2] ?? 20);

/** Six resources: a queue with its function, role, mapping, dead-letter queue and alarm. */
const group = (index) => `
  Queue${index}: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 30, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead${index}.Arn, maxReceiveCount: 3}}}
  Dead${index}: {Type: AWS::SQS::Queue}
  Role${index}: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}}}
  Worker${index}: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs24.x, Handler: a.b, Code: {ZipFile: x}, Role: !GetAtt Role${index}.Arn, Timeout: 20}}
  Mapping${index}: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Queue${index}.Arn, FunctionName: !Ref Worker${index}}}
  Alarm${index}: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/SQS, MetricName: ApproximateAgeOfOldestMessage, Dimensions: [{Name: QueueName, Value: !GetAtt Queue${index}.QueueName}], ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 60}}`;

const small = await measure(4);
const large = await measure(40);
const first = (all) => `first ${all[0].toFixed(0)} ms, then median ${median(all.slice(1)).toFixed(0)} ms`;
console.log(`24 resources: ${first(small)} from change to diagnostics`);
console.log(`240 resources: ${first(large)}`);
console.log(`ratio of the medians: ${(median(large.slice(1)) / median(small.slice(1))).toFixed(2)}`);

async function measure(groups) {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-lsp-'));
  const text = `Resources:${Array.from({ length: groups }, (_, index) => group(index)).join('')}\n`;
  writeFileSync(join(folder, 'template.yaml'), text);
  writeFileSync(join(folder, 'headgate.yaml'), '{}\n');
  const server = spawn(process.execPath, [command, 'lsp'], { stdio: 'pipe' });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  let published;
  connection.onNotification('textDocument/publishDiagnostics', ({ version }) => published?.(version));
  connection.listen();
  const until = (wanted) =>
    new Promise((resolve) => (published = (version) => version === wanted && resolve()));
  const uri = pathToFileURL(join(folder, 'template.yaml')).href;
  const times = [];
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  for (let version = 1; version <= rounds + 1; version++) {
    const started = performance.now();
    const answered = until(version);
    if (version === 1)
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version, text },
      });
    // A line above moves every finding, so that a new list follows.
    else
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [
          { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '#\n' },
        ],
      });
    await answered;
    times.push(performance.now() - started);
  }
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  rmSync(folder, { recursive: true, force: true });
  return times;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
