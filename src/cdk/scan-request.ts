import type { PolicyViolation } from 'aws-cdk-lib';
import type { Severity } from '../model/rule.ts';

/** What an application may say of its validation; what it leaves out comes from headgate.yaml. */
export interface HeadgateValidationOptions {
  /** Configuration file (default: headgate.yaml, where there is one), relative to the working directory. */
  readonly config?: string;
  /** Folders of rules of your own. */
  readonly rules?: readonly string[];
  /** Only rules of these flows (default: all). */
  readonly flows?: readonly ('api' | 'events' | 'batch')[];
  /** Findings of this severity or worse end the synthesis (default: high); others are warnings. */
  readonly failOn?: Severity | 'none';
  /** `fail`: what cannot be decided ends the synthesis too (default: it does not, and is counted). */
  readonly unknown?: 'ignore' | 'fail';
  /** Value of AWS::Region where a stack names none. */
  readonly region?: string;
  /** Value of AWS::AccountId where a stack names none. */
  readonly account?: string;
}

/** What the plugin asks of the process that scans. */
export interface ScanRequest extends HeadgateValidationOptions {
  /** Folder of the whole cloud assembly, as flows cross stacks; an absolute path. */
  readonly assembly: string;
  /** Folders whose templates are asked about; absolute paths. */
  readonly folders: readonly string[];
}

/** What that process answers. */
export interface ScanAnswer {
  readonly violations: readonly PolicyViolation[];
  readonly counts: Readonly<Record<'pass' | 'fail' | 'unknown' | 'waived', number>>;
}
