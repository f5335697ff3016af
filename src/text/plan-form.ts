/**
 * What of Terraform's or OpenTofu's a file is: `plan` and `state` as `show -json` prints them, `binary` as
 * `plan -out` writes it, `stream` as `plan -json` prints it, `raw-state` as a backend keeps it, `schema` of
 * providers, `configuration` in native syntax.
 */
export type PlanForm = 'plan' | 'state' | 'binary' | 'stream' | 'raw-state' | 'configuration';

/** Looks at the bytes first: a plan file is a zip. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/** Only the beginning tells: what Terraform prints starts with its versions. */
const headLength = 4_096;

/** By the content alone; undefined for anything else. */
export function planForm(text: string): PlanForm | undefined {
  const head = text.slice(0, headLength);
  const start = /\S/.exec(head)?.[0];
  if (start !== '{')
    return /^\s*(?:#[^\n]*\n\s*)*(?:terraform|resource|module|provider|variable|data|locals)\s*(?:"[^"\n]*"\s*)*\{/.test(
      head,
    )
      ? 'configuration'
      : undefined;
  if (/^\s*\{\s*"@level"\s*:/.test(head)) return 'stream';
  if (/"format_version"\s*:/.test(head)) {
    if (text.includes('"resource_changes"') || text.includes('"planned_values"')) return 'plan';
    if (/"terraform_version"\s*:/.test(head)) return text.includes('"values"') ? 'state' : 'plan';
    return undefined;
  }
  return /"terraform_version"\s*:/.test(head) && /"serial"\s*:/.test(head) ? 'raw-state' : undefined;
}
