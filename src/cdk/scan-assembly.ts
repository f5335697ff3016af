// The process that scans for the plugin: the CDK asks plugins synchronously, and a scan is not synchronous.
// Reads a ScanRequest from standard input and writes a ScanAnswer to standard output.
import { text } from 'node:stream/consumers';
import { HeadgateError } from '../model/headgate-error.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { loadRuleSet } from '../app/load-rule-set.ts';
import { readDecideSettings } from '../app/read-decide-settings.ts';
import { readConfigIn } from '../rules/read-config.ts';
import { scanTemplates } from '../app/scan.ts';
import { version } from '../app/version.ts';
import type { ScanAnswer, ScanRequest } from './scan-request.ts';
import { toViolations } from './violations.ts';

async function scanAssembly(request: ScanRequest, cwd: string): Promise<ScanAnswer> {
  const { assembly, folders, config: configFile, rules = [], flows = [] } = request;
  const config = await readConfigIn(cwd, configFile);
  const ruleSet = await loadRuleSet(config, { folders: rules, rule: [], flow: flows }, cwd);
  const { region, account } = { ...config, ...request };
  const result = await scanTemplates(
    [assembly],
    {
      cwd,
      ...(region === undefined ? {} : { region }),
      ...(account === undefined ? {} : { account }),
      ...(config.assumptions === undefined ? {} : { assumptions: config.assumptions }),
    },
    {
      ruleSet,
      version,
      now: new Date(),
      detail: 'findings',
      ...(await readDecideSettings(config, cwd, true)),
    },
  );
  refuseIncomplete(result);
  const failOn = request.failOn ?? config.failOn ?? 'high';
  const unknown = (request.unknown ?? config.unknown) === 'fail';
  const violations = toViolations(result, { folders, cwd, failOn, unknown });
  const { pass, fail, unknown: undecided, waived } = result.summary;
  return { violations, counts: { pass, fail, unknown: undecided, waived } };
}

// What could not be read would otherwise look as if it had passed.
function refuseIncomplete({ diagnostics }: ScanResult): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new HeadgateError('assembly-incomplete', errors.map(({ message }) => message).join('\n'));
}

try {
  // The plugin beside this file writes the request; nothing else does.
  const request = JSON.parse(await text(process.stdin)) as ScanRequest;
  process.stdout.write(JSON.stringify(await scanAssembly(request, process.cwd())));
} catch (error) {
  process.stderr.write(error instanceof HeadgateError ? error.message : String((error as Error).stack));
  process.exitCode = 2;
}
