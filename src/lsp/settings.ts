/** Settings of a client, from `initializationOptions` or the section `headgate` of its configuration. */
export interface EditorSettings {
  /** When a scan follows: after each change, or when a file is saved. */
  readonly run: 'onType' | 'onSave';
  /** Which files have diagnostics: those that are open, or all of an application with an open file. */
  readonly files: 'open' | 'application';
  readonly minimumSeverity: 'critical' | 'high' | 'medium' | 'low' | 'info';
  /** Whether unknown results are shown. */
  readonly unknown: 'hint' | 'off';
  readonly codeLens: boolean;
  /** Configuration file in the place of the application's own. */
  readonly config?: string | undefined;
  /** Folder of the sources of Terraform plans, relative to the application. */
  readonly sources?: string | undefined;
  readonly maxFiles: number;
  /** Pause after the last change, at least. */
  readonly debounceMilliseconds: number;
}

const defaults: EditorSettings = {
  run: 'onType',
  files: 'open',
  minimumSeverity: 'info',
  unknown: 'hint',
  codeLens: true,
  maxFiles: 2000,
  debounceMilliseconds: 100,
};

const choices = {
  run: ['onType', 'onSave'],
  files: ['open', 'application'],
  minimumSeverity: ['critical', 'high', 'medium', 'low', 'info'],
  unknown: ['hint', 'off'],
} as const;

/** What a client sent, over what held before; and in words, what of it has no effect. */
export function readSettings(
  sent: unknown,
  before: EditorSettings = defaults,
): { readonly settings: EditorSettings; readonly problems: readonly string[] } {
  if (typeof sent !== 'object' || sent === null) return { settings: before, problems: [] };
  const settings: Record<string, unknown> = { ...before };
  const problems: string[] = [];
  for (const [name, value] of Object.entries(sent)) {
    const allowed = name in choices ? choices[name as keyof typeof choices] : undefined;
    if (value === null || value === undefined) continue;
    if (allowed !== undefined) {
      if ((allowed as readonly unknown[]).includes(value)) settings[name] = value;
      else problems.push(`The setting \`${name}\` has no effect: it is one of ${allowed.join(', ')}.`);
    } else if (name === 'config' || name === 'sources') {
      // Nothing typed into a form is nothing set.
      if (typeof value === 'string') settings[name] = value === '' ? undefined : value;
      else problems.push(`The setting \`${name}\` has no effect: it is a path.`);
    } else if (name === 'codeLens') {
      if (typeof value === 'boolean') settings[name] = value;
      else problems.push('The setting `codeLens` has no effect: it is true or false.');
    } else if (name === 'maxFiles' || name === 'debounceMilliseconds') {
      if (Number.isInteger(value) && (value as number) >= 0) settings[name] = value;
      else problems.push(`The setting \`${name}\` has no effect: it is a whole number.`);
    }
  }
  return { settings: settings as unknown as EditorSettings, problems };
}
