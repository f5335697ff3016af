/** What a configuration settles of templates that they leave to the deployment, with the reason. */
export type Assumption = (
  | {
      /** Name of a condition, as the template declares it. */
      readonly condition: string;
      readonly holds: boolean;
    }
  | {
      /** Name of a parameter. */
      readonly parameter: string;
      readonly value: string | number | boolean;
    }
) & {
  /** Path of a template, or name of a stack of an assembly; `*` stands for any characters. All where it is absent. */
  readonly stack?: string;
  readonly reason: string;
};
