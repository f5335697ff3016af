/** A part of an account that an audit is limited to: whatever these name, its flows, and what they lean on. */
export interface SliceRequest {
  /** ARNs, ids, or names that only one resource has. */
  readonly resources: readonly string[];
  /** Every key, each with one of its values. */
  readonly tags: readonly ResourceTag[];
  /** Flows by diagram, and ARN, id or name of their entry. */
  readonly flows: readonly { readonly diagram: string; readonly entry: string }[];
}

/** A tag of a resource or an account. */
export interface ResourceTag {
  readonly key: string;
  readonly value: string;
}

/** The options that ask for a slice, as reports name them. */
export function describeSlice({ resources, tags, flows }: SliceRequest): readonly string[] {
  return [
    ...resources.map((name) => `--resource ${name}`),
    ...tags.map(({ key, value }) => `--tag ${key}=${value}`),
    ...flows.map(({ diagram, entry }) => `--flow ${diagram}/${entry}`),
  ];
}
