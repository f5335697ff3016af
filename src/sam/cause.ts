/** How a generated resource leads back to what its author wrote. */
export interface Cause {
  /** The resource of the template. */
  readonly id: string;
  /** Keys below its `Properties` that lead to the place; empty for the resource itself. */
  readonly path?: readonly (string | number)[];
  /** True when the generated properties stand below that place one to one. */
  readonly direct?: boolean;
  /** The connector of the resource that it comes from, where it comes from one. */
  readonly connector?: string;
}
