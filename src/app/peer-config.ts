import { parse } from 'yaml';
import { HeadgateError } from '../model/headgate-error.ts';
import { trivyId } from '../text/peer-comment.ts';

/** That a check of another tool is silenced. */
export interface PeerSkip {
  readonly tool: string;
  readonly check: string;
  /** The one resource that it is silenced on; absent where that is everywhere, or in the files below. */
  readonly resourceId?: string;
  /** Globs or paths of files, as the tool wrote them. */
  readonly paths?: readonly string[];
  readonly reason?: string;
  /** ISO date. */
  readonly expires?: string;
  /** `file` or `file:line`. */
  readonly where: string;
}

/** What a configuration of another tool says. */
export interface PeerConfig {
  readonly skips: readonly PeerSkip[];
  /** Settings that are no suppressions, with what takes their place. */
  readonly settings: readonly {
    readonly setting: string;
    readonly instead: string;
    readonly where: string;
  }[];
}

type Reader = (value: unknown, file: string) => PeerConfig;

interface PeerFile {
  readonly tool: string;
  readonly name: RegExp;
  readonly read: (text: string, file: string) => PeerConfig;
}

// Where the tools look for their configuration by themselves, and names that people give to files named on their command lines.
const peerFiles: readonly PeerFile[] = [
  { tool: 'checkov', name: /^\.checkov\.ya?ml$/, read: structured(readCheckov) },
  { tool: 'trivy', name: /^\.trivyignore$/, read: readTrivyLines },
  { tool: 'trivy', name: /^\.trivyignore\.ya?ml$/, read: structured(readTrivyIgnore) },
  { tool: 'trivy', name: /^trivy\.ya?ml$/, read: structured(readTrivyConfig) },
  {
    tool: 'cfn_nag',
    name: /^\.?cfn[_-]?nag.*\.ya?ml$|(?:deny|black)[_-]?list.*\.ya?ml$/,
    read: structured(readCfnNag),
  },
  { tool: 'kics', name: /^\.?kics(?:\.config)?(?:\.(?:ya?ml|json))?$/, read: structured(readKics) },
];

/** The tool whose configuration a file of this name is, or nothing. */
export function peerOf(name: string): string | undefined {
  return peerFiles.find((file) => file.name.test(name))?.tool;
}

/**
 * What the configuration of another tool silences.
 * @param name the file's own name; @param file how messages call it.
 * @throws HeadgateError `peer-config-invalid`.
 */
export function readPeerConfig(name: string, text: string, file: string): PeerConfig {
  const found = peerFiles.find((each) => each.name.test(name));
  return found === undefined ? { skips: [], settings: [] } : found.read(text, file);
}

function structured(read: Reader): PeerFile['read'] {
  return (text, file) => {
    let value: unknown;
    try {
      // JSON is YAML too.
      value = parse(text, { maxAliasCount: 100 });
    } catch (cause) {
      throw new HeadgateError(
        'peer-config-invalid',
        `\`${file}\` is not valid YAML or JSON. Fix the syntax, or convert the file.`,
        { file },
        { cause },
      );
    }
    return read(value, file);
  };
}

function readCheckov(value: unknown, file: string): PeerConfig {
  const reason = text(member(value, 'skip-comment'));
  const skips = [...list(member(value, 'skip-check'))].map((check): PeerSkip => ({
    tool: 'checkov',
    check,
    where: file,
    ...(reason === undefined ? {} : { reason }),
  }));
  return {
    skips,
    settings: settingsOf(value, file, {
      check: '`--rule`, once for each rule that replaces a check',
      'skip-path': '`exclude` in headgate.yaml',
      'soft-fail': '`failOn: none` in headgate.yaml',
      'soft-fail-on': '`rules: {ID: {severity: ...}}` and `failOn` in headgate.yaml',
      'hard-fail-on': '`failOn` in headgate.yaml',
      baseline: '`headgate baseline write`',
      'external-checks-dir':
        '`ruleFolders` in headgate.yaml; rewrite custom checks as rules (docs/writing-rules.md)',
    }),
  };
}

function readTrivyLines(content: string, file: string): PeerConfig {
  const skips: PeerSkip[] = [];
  let reason: string | undefined;
  content.split(/\r?\n/).forEach((line, index) => {
    const written = line.trim();
    // A comment says why what stands below it is ignored.
    if (written === '' || written.startsWith('#')) {
      reason = written === '' ? undefined : [reason, written.slice(1).trim()].filter(Boolean).join(' ');
      return;
    }
    const [check = '', ...rest] = written.split(/\s+/);
    const expires = rest.map((word) => /^exp:(\d{4}-\d{2}-\d{2})$/.exec(word)?.[1]).find(Boolean);
    if (isTrivyMisconfiguration(check))
      skips.push({
        tool: 'trivy',
        check: trivyId(check),
        where: `${file}:${index + 1}`,
        ...(reason === undefined ? {} : { reason }),
        ...(expires === undefined ? {} : { expires }),
      });
  });
  return { skips, settings: [] };
}

/** Vulnerabilities and licenses are ignored in the same file. */
function isTrivyMisconfiguration(check: string): boolean {
  return /^(?:avd-)?aws-/i.test(check);
}

function readTrivyIgnore(value: unknown, file: string): PeerConfig {
  const items = member(value, 'misconfigurations');
  return {
    skips: (Array.isArray(items) ? (items as unknown[]) : []).flatMap((item): PeerSkip[] => {
      const check = text(member(item, 'id'));
      if (check === undefined) return [];
      const paths = list(member(item, 'paths'));
      const reason = text(member(item, 'statement'));
      const expires = dateOf(member(item, 'expired_at'));
      return [
        {
          tool: 'trivy',
          check: trivyId(check),
          where: file,
          ...(paths.length === 0 ? {} : { paths }),
          ...(reason === undefined ? {} : { reason }),
          ...(expires === undefined ? {} : { expires }),
        },
      ];
    }),
    settings: [],
  };
}

function readTrivyConfig(value: unknown, file: string): PeerConfig {
  return {
    skips: [],
    settings: [
      ...settingsOf(value, file, {
        severity: '`minSeverity` by `--min-severity`, and `failOn` in headgate.yaml',
        'exit-code': '`failOn` in headgate.yaml',
        ignorefile: 'the file that it names: give it to `headgate migrate` under the name `.trivyignore`',
      }),
      ...settingsOf(member(value, 'scan'), file, {
        'skip-dirs': '`exclude` in headgate.yaml',
        'skip-files': '`exclude` in headgate.yaml',
      }),
    ],
  };
}

function readCfnNag(value: unknown, file: string): PeerConfig {
  const items = member(value, 'RulesToSuppress');
  return {
    skips: (Array.isArray(items) ? (items as unknown[]) : []).flatMap((item): PeerSkip[] => {
      const check = text(member(item, 'id'));
      const reason = text(member(item, 'reason'));
      return check === undefined
        ? []
        : [{ tool: 'cfn_nag', check, where: file, ...(reason === undefined ? {} : { reason }) }];
    }),
    settings: [],
  };
}

function readKics(value: unknown, file: string): PeerConfig {
  return {
    skips: list(member(value, 'exclude-queries')).map((check) => ({ tool: 'kics', check, where: file })),
    settings: settingsOf(value, file, {
      'include-queries': '`--rule`, once for each rule that replaces a query',
      'exclude-paths': '`exclude` in headgate.yaml',
      'exclude-severities': '`--min-severity`',
      'exclude-categories': '`rules: {SERVICE: off}` in headgate.yaml',
      'exclude-results': '`headgate baseline write`',
      'fail-on': '`failOn` in headgate.yaml',
    }),
  };
}

/** Queries that a file's first comments disable (`# kics-scan disable=ID,ID`), and what its comments ignore as a whole. */
export function kicsComments(content: string, file: string): readonly PeerSkip[] {
  if (!content.includes('kics-scan')) return [];
  return content.split(/\r?\n/).flatMap((line, index): PeerSkip[] => {
    const [, disabled, ignored] =
      /^(?:#|\/\/)\s{0,9}kics-scan\s{1,9}(?:disable=([\w,-]{1,2000})|(ignore(?:-block|-line)?)\b)/.exec(
        line.trim(),
      ) ?? [];
    // Queries are disabled by the first lines alone.
    const checks = index < 50 ? (disabled?.split(',') ?? []) : [];
    if (ignored !== undefined) checks.push(ignored);
    const where = `${file}:${index + 1}`;
    return checks
      .filter((check) => check !== '')
      .map((check) => ({ tool: 'kics', check, paths: [file], where }));
  });
}

function settingsOf(
  value: unknown,
  where: string,
  instead: Readonly<Record<string, string>>,
): PeerConfig['settings'] {
  return Object.entries(instead).flatMap(([setting, words]) => {
    const set = member(value, setting);
    const isSet =
      set !== undefined && set !== null && set !== false && !(Array.isArray(set) && set.length === 0);
    return isSet ? [{ setting, instead: words, where }] : [];
  });
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** A list of texts, or one text with commas. */
function list(value: unknown): readonly string[] {
  const items: readonly unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  return items.flatMap((item) => (typeof item === 'string' && item.trim() !== '' ? [item.trim()] : []));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function dateOf(value: unknown): string | undefined {
  const written = value instanceof Date ? value.toISOString() : value;
  return typeof written === 'string' ? /^\d{4}-\d{2}-\d{2}/.exec(written)?.[0] : undefined;
}
