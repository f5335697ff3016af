import { nearest } from '../../src/rules/nearest.ts';

const ofAll = ['application', 'prefix', 'alarmEmail', 'posture', 'securityHub', 'zones', 'prefixLists'];
const ofAudits = ['regions', 'schedule', 'configFolder', 'policyFile', 'keepDays', 'lockDays', 'memoryMiB'];
const news = ['eventBusArn', 'topicArn', 'topicKeyArn'];

/** Settings of each application, by the value of `application`. */
const settingsOf: Readonly<Record<string, readonly string[]>> = {
  reference: [...ofAll, 'domainName', 'certificateArn', 'externalApiUrl', 'externalCidrs', 'signedCode'],
  audit: [...ofAll, ...ofAudits, ...news, 'recheckMinutes', 'signedCode'],
  hook: [
    ...[...ofAll, 'configFolder', 'memoryMiB', 'signedCode'],
    ...['alias', 'failureMode', 'failOn', 'level', 'exceptStacks'],
  ],
  fleet: [
    ...[...ofAll, ...ofAudits, ...news, 'signedCode'],
    ...['organizationId', 'accounts', 'except', 'maxConcurrency'],
  ],
};

/** Values of settings that have a few. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  application: Object.keys(settingsOf),
  posture: ['production', 'sandbox'],
  securityHub: ['true', 'false'],
};

/**
 * Checks `name=value` settings before anything is synthesized: one that nobody reads would be without effect.
 *
 * @throws with every setting that does not exist, or has a value that does not, and the nearest valid word
 */
export function checkSettings(settings: ReadonlyMap<string, string>): void {
  const problems: string[] = [];
  const meant = (word: string, words: readonly string[]) => {
    const near = nearest(word, words);
    return near === undefined ? `Valid: ${words.join(', ')}.` : `Did you mean \`${near}\`?`;
  };
  for (const [name, values] of Object.entries(valuesOf)) {
    const value = settings.get(name);
    if (value !== undefined && !values.includes(value))
      problems.push(`\`${name}=${value}\` is not valid. ${meant(value, values)}`);
  }
  const application = settings.get('application') ?? 'reference';
  for (const name of settings.keys()) {
    const known = settingsOf[application];
    if (known !== undefined && !known.includes(name))
      problems.push(`\`${name}\` is not a setting of application=${application}. ${meant(name, known)}`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
