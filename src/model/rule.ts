import type { Path } from './value.ts';

/** From worst to least. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** How much of the diagrams a run asks for; each level holds the one before it. */
export type Level = 'essential' | 'standard' | 'reference';
export const levels: readonly Level[] = ['essential', 'standard', 'reference'];

export type Diagram = 'api' | 'events' | 'batch';

/** A framework control that a rule maps to, and whose mapping that is. */
export interface ControlMapping {
  /** `aws-fsbp`, `security-hub`, `nist-800-53-r5`, `aws-config`, `pci-dss-4.0`, `wa-serverless`. */
  readonly framework: string;
  readonly id: string;
  /** `aws`: AWS publishes this mapping. `ours`: our own judgement. */
  readonly source: 'aws' | 'ours';
}

/** A named, bounded setting of a rule that a user may change. */
export interface RuleParameter {
  readonly type: 'integer' | 'number' | 'string' | 'boolean' | 'strings';
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly unit?: string;
  readonly description: string;
}

/** One clause of `when`: where it does not hold, the rule does not apply, for the reason given. */
export interface Applicability {
  readonly that: Expression;
  readonly otherwise: string;
}

/** One clause of `assert`: where it does not hold, the rule fails with the message given. Gravest first. */
export interface Assertion {
  readonly that: Expression;
  readonly otherwise: string;
  /** True where it asks more about what the clause before asks for, and so says nothing where that one fails. */
  readonly refines?: boolean;
  /** Harm where this clause fails. @default the rule's */
  readonly severity?: Severity;
  /** From which level on the clause is asked. @default the rule's */
  readonly level?: Level;
  /** Beside those of the rule. */
  readonly follows?: readonly string[];
  /** Relation to the resources on which the rules of `follows` fail, each of them; the resource itself where absent. */
  readonly followsOn?: string;
  /** False where the run's level leaves it out, and a clause that refines it is asked: it only says whether that one has a sense. */
  readonly reported?: false;
}

/** A rule as validated against rules.schema.json. Never mutated; `Expression` is compiled by the evaluator. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly requirement: string;
  /** Harm if a finding stays; a clause may have one of its own. */
  readonly severity: Severity;
  /** From which level on the rule is asked; a clause may have one of its own. */
  readonly level: Level;
  readonly flows: readonly Diagram[];
  readonly appliesTo: readonly string[];
  /** Rules of which a failure on the same resource says the same, and is repaired by the same edit: then this one follows from it. */
  readonly follows?: readonly string[];
  readonly when: readonly Applicability[];
  readonly assert: readonly Assertion[];
  /** What is said of a resource that passes. */
  readonly pass: string;
  readonly parameters: Readonly<Record<string, RuleParameter>>;
  readonly controls: readonly ControlMapping[];
  readonly why: string;
  readonly fix: {
    readonly text: string;
    readonly cloudformation?: string;
    /** Resources as hashicorp/aws 6 has them; of a resource that is there already, only what is to be set. */
    readonly terraform?: string;
    /** A piece of a SAM template: `Globals` or `Resources`, as it is merged into the template. */
    readonly sam?: string;
    /** The one thing that several rules ask for; those with the same words are repaired together. */
    readonly together?: string;
    readonly cdk?: string;
    readonly cli?: string;
    /** Changes of a template that repair failures; of several for one clause the first that can be made is made. */
    readonly edits?: readonly RuleEdit[];
  };
  readonly references: readonly string[];
  /** False where no waiver may silence it. */
  readonly waivable: boolean;
  /** `config`, or the kind of evidence that only weighs: `account`, `code`, `procedure`. */
  readonly decides: 'config' | 'account' | 'code' | 'procedure';
  readonly examples: readonly RuleExample[];
  /** Where the rule was read: file relative to its rule folder's parent. */
  readonly file: string;
  /** `shipped` or the user's folder. */
  readonly origin: string;
}

/** Whether a change may be made unseen: `safe` touches one resource, without interruption, and no caller and no data. */
export type FixSafety = 'safe' | 'unsafe';

/** A change of a template after which clauses of the rule hold. */
export interface RuleEdit {
  /** Numbers of the clauses that it repairs, from 1. @default all */
  readonly clauses?: readonly number[];
  /** Only resources of these types: as deployed, or as their author wrote them, whose own properties are then changed. */
  readonly types?: readonly string[];
  /** Only where this certainly holds of the resource. */
  readonly where?: Expression;
  readonly safety: FixSafety;
  /** Of an unsafe one: what it changes beside the finding, or what to look at before. */
  readonly because?: string;
  /** Resources of the same template that the changes name, by the words that stand for their logical ids. */
  readonly needs?: Readonly<Record<string, EditNeed>>;
  readonly changes: readonly EditChange[];
}

/** A resource that must be there, and be the only one of its kind. */
export interface EditNeed {
  readonly type: string;
  /** Relation that leads to it. @default any of the template */
  readonly related?: string;
  readonly where?: Expression;
}

/**
 * One change. Values are pieces of a template with functions in their long form; in their texts `{name}` is the
 * logical id of the resource, `{parameter.x}` a parameter of the rule, `{new.X}` the id of a resource that the same edit
 * adds and `{x}` one that it needs. `{compute: operand}` is a number that is worked out from the graph.
 */
export type EditChange =
  | {
      /** Path below the properties; `*` stands for each member of a list. */
      readonly set: string;
      readonly to: unknown;
      /** Relation to the resources that are changed. @default the resource of the finding */
      readonly on?: string;
      /** Only members of the list, or resources, of which this certainly holds. */
      readonly where?: Expression;
      /** `absent`: what is set already stays. */
      readonly only?: 'absent';
    }
  | { readonly append: string; readonly value: unknown; readonly on?: string; readonly where?: Expression }
  | { readonly add: string; readonly resource: Readonly<Record<string, unknown>> };

/** What the texts of an edit have filled in; `${Name}` of CloudFormation is left alone. */
export const editWords = /(?<!\$)\{(name|new\.\w+|parameter\.\w+|[a-z]\w*)\}/g;

/** A small input with the verdict that the rule must give on it; test and documentation at once. */
export interface RuleExample {
  readonly name: string;
  readonly verdict: 'pass' | 'fail' | 'unknown' | 'notApplicable';
  /** Logical id that the verdict is expected on; all evaluated resources when absent. */
  readonly on?: string;
  /** Part of the message or reason that must be there. */
  readonly says?: string;
  /** `sam`: once `fix.sam` is merged into the template, nothing in it fails the rule. */
  readonly repairedBy?: 'sam';
  /** A whole template, long or short intrinsic forms. */
  readonly template: unknown;
  /** The function code seen with it, for rules that weigh code: logical id -> capabilities. */
  readonly code?: Readonly<Record<string, readonly string[]>>;
}

/** Raw expression tree of a rule; the vocabulary stands in src/rules/vocabulary.ts. */
export type Expression = Readonly<Record<string, unknown>>;

/** What a user's configuration changed against the shipped set; listed in every report. */
export interface Deviation {
  readonly kind:
    | 'level'
    | 'rule-off'
    | 'severity'
    | 'parameter'
    | 'added-rule'
    /** A fact about what is outside of the scan. */
    | 'declared'
    /** What templates leave open and the configuration settles: conditions, parameters. */
    | 'assumed'
    /** What decides the exit code: `failOn`, `unknown`. */
    | 'threshold'
    /** What may waive: a waivers file, a baseline, suppressions for other tools, waivers that are refused. */
    | 'waivers'
    /** Rules and levels that hold in some files alone. */
    | 'path'
    /** What the options of the run leave out. */
    | 'selection'
    /** Files that are not read. */
    | 'input';
  readonly ruleId?: string;
  readonly detail: string;
  readonly reason?: string;
}

/** Tables that rules read: service defaults, runtimes, known policies. Plain data with an `asOf` date each. */
export interface RuleData {
  /** Resource type -> property path (dotted) -> value that the service uses when the property is absent. */
  readonly defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Lambda runtime id -> ISO dates. */
  readonly runtimes: {
    readonly asOf: string;
    readonly table: Readonly<
      Record<
        string,
        {
          readonly deprecated: string | null;
          readonly blockCreate?: string | null;
          readonly blockUpdate?: string | null;
        }
      >
    >;
  };
  /** Credential shapes: linear-time patterns for values and names. */
  readonly credentials: {
    readonly asOf: string;
    readonly values: readonly {
      readonly name: string;
      readonly pattern: string;
      /** True where code that handles a credential may look like it. */
      readonly loose?: boolean;
    }[];
    /** Names as `wordsOf` writes them, whose literal value is a credential. */
    readonly names: string;
    /** Names whose literal value can be a credential or the name of one. */
    readonly namesOfEither: string;
    /** Of those, names that are about something else. */
    readonly namesOfNeither: string;
    readonly placeholders: string;
    /** Members of a secret that are no credentials. */
    readonly publicParts: string;
  };
  /** Suppression of another tool (`<tool>:<id>`) -> ids of the rules that decide the same thing. */
  readonly peerAliases: Readonly<Record<string, readonly string[]>>;
}

/** Answers whether a pattern is found in a text. */
export type PatternTest = (text: string) => boolean;

/** Compiles patterns of a user's rules to tests whose time is linear. */
export type PatternEngine = (pattern: string) => PatternTest;

/** What a run was cut down to; an empty list is no limit. Rules are ids, globs of them, or services. */
export interface RunSelection {
  readonly rules: readonly string[];
  readonly flows: readonly string[];
  /** Absent where every level was asked. */
  readonly level?: Level;
  /** Rules that were not asked. */
  readonly skippedRules?: readonly string[];
  /** Absent where findings of every severity were asked. */
  readonly minSeverity?: Severity;
  /** The options that limited the run to a part of an account; absent where all of it was checked. */
  readonly slice?: readonly string[];
  /** Rules that were not asked whole, or not everywhere: what they no longer report need not be repaired. */
  readonly partial?: readonly string[];
}

/** A validated, frozen set of rules: what a scan decides by. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** Effective parameter values: rule id -> name -> value. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data: RuleData;
  readonly diagrams: readonly FlowDiagram[];
  readonly requirements: readonly Requirement[];
  /** `sha256:` over the canonical text of rules, parameters and data. */
  readonly digest: string;
  readonly deviations: readonly Deviation[];
  /** Present where `rules` are not all rules of the set. */
  readonly selection?: RunSelection;
  /**
   * Present where the configuration has settings for some files: rules and parameters as they hold for the resources
   * of a file (its name in reports; undefined for what is in none). `rules` are then all that hold anywhere.
   */
  readonly forFile?: (file: string | undefined) => Pick<RuleSet, 'rules' | 'parameters'>;
  /** Present where the set holds rules of the user's own. */
  readonly patternEngine?: PatternEngine;
}

/** A statement of the reference document, made decidable. */
export interface Requirement {
  readonly id: string;
  readonly says: string;
  readonly decide: 'config' | 'account' | 'code' | 'procedure';
  readonly severity: Severity;
  /** Of the second catalogue, which goes beyond the reference diagrams. */
  readonly catalogue?: 'more';
  /** Whose advice a statement of the second catalogue is: a control, or a page of AWS. */
  readonly source?: string;
}

/** A reference diagram as data (rules/flows). */
export interface FlowDiagram {
  readonly id: Diagram;
  readonly title: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly label: string;
    readonly group?: string;
    /** Requirements that say, on another resource of the flow, whether the node is there at all. */
    readonly presence?: readonly string[];
    readonly bullets: readonly { readonly text: string; readonly requirements: readonly string[] }[];
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly label?: string;
    readonly dashed?: boolean;
    readonly requirements?: readonly string[];
  }[];
}

export type { Path };
