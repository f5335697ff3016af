/**
 * The tree of a Terraform file, native syntax and JSON alike. Every node says where it stands: 0-based
 * offsets into the text in UTF-16 units, ends exclusive. Nothing of the text is lost: what stands between
 * the nodes is white space, punctuation and the comments, which are kept beside the tree.
 * Source: HCL native syntax specification (hashicorp/hcl, hclsyntax/spec.md) and its JSON specification, read 2026-11.
 */
export interface Placed {
  readonly start: number;
  readonly end: number;
}

export interface HclFile {
  readonly file: string;
  readonly text: string;
  readonly body: HclBody;
  /** In the order of the text. JSON has none. */
  readonly comments: readonly HclComment[];
  /** In the order of the text. What stands around an error was read all the same. */
  readonly errors: readonly HclError[];
}

export interface HclError extends Placed {
  /** What is wrong and what was expected, without a final full stop. */
  readonly message: string;
}

export interface HclComment extends Placed {
  readonly form: '#' | '//' | '/*';
  /** What the comment says, without its marks. */
  readonly content: string;
  /** True where nothing but white space stands before it on its line. */
  readonly isAlone: boolean;
}

/** What stands in a file or between a block's braces, in the order of the text. */
export interface HclBody extends Placed {
  readonly items: readonly (HclAttribute | HclBlock)[];
}

export interface HclAttribute extends Placed {
  readonly kind: 'attribute';
  readonly name: string;
  readonly nameEnd: number;
  readonly value: Expression;
}

export interface HclBlock extends Placed {
  readonly kind: 'block';
  readonly type: string;
  readonly typeEnd: number;
  readonly labels: readonly HclLabel[];
  readonly body: HclBody;
  /** Undefined where it is missing. */
  readonly closingBrace: number | undefined;
}

export interface HclLabel extends Placed {
  readonly text: string;
}

export type Expression =
  | Literal
  | Template
  | ObjectExpression
  | TupleExpression
  | ForExpression
  | Variable
  | Traversal
  | Call
  | Unary
  | Binary
  | Conditional
  | Parentheses;

export interface Literal extends Placed {
  readonly kind: 'literal';
  readonly value: number | boolean | null;
}

/** A text: in quotes, in a heredoc, or a string of a JSON file. */
export interface Template extends Placed {
  readonly kind: 'template';
  readonly form: 'quoted' | 'heredoc' | 'indented-heredoc' | 'json';
  readonly parts: readonly TemplatePart[];
}

export type TemplatePart = TemplateText | Interpolation | TemplateIf | TemplateFor;

export interface TemplateText extends Placed {
  readonly kind: 'text';
  /** With escapes read, trim markers applied and the indentation of `<<-` taken away. */
  readonly value: string;
}

export interface Interpolation extends Placed {
  readonly kind: 'interpolation';
  readonly value: Expression;
}

export interface TemplateIf extends Placed {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly then: readonly TemplatePart[];
  readonly else: readonly TemplatePart[];
}

export interface TemplateFor extends Placed {
  readonly kind: 'for-parts';
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: Expression;
  readonly parts: readonly TemplatePart[];
}

export interface ObjectExpression extends Placed {
  readonly kind: 'object';
  readonly items: readonly ObjectItem[];
}

export interface ObjectItem extends Placed {
  /** A bare word names itself: it stands as a template of one text. */
  readonly key: Expression;
  readonly value: Expression;
}

export interface TupleExpression extends Placed {
  readonly kind: 'tuple';
  readonly items: readonly Expression[];
}

export interface ForExpression extends Placed {
  readonly kind: 'for';
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: Expression;
  /** Of an object; undefined for a list. */
  readonly key: Expression | undefined;
  readonly value: Expression;
  readonly condition: Expression | undefined;
  /** `...` after the value of an object: values of one key become a list. */
  readonly isGrouped: boolean;
}

/** The first name of a traversal: `var`, `aws_sqs_queue`, a name that `for` binds. */
export interface Variable extends Placed {
  readonly kind: 'variable';
  readonly name: string;
}

export interface Traversal extends Placed {
  readonly kind: 'traversal';
  readonly of: Expression;
  readonly steps: readonly Step[];
}

export type Step = AttributeStep | IndexStep | SplatStep;

export interface AttributeStep extends Placed {
  readonly kind: 'attribute';
  readonly name: string;
}

export interface IndexStep extends Placed {
  readonly kind: 'index';
  readonly key: Expression;
}

export interface SplatStep extends Placed {
  readonly kind: 'splat';
  /** `.*` takes attributes alone along, `[*]` every step that follows. */
  readonly form: 'attribute' | 'full';
  /** What is taken from each element. */
  readonly each: readonly Step[];
}

export interface Call extends Placed {
  readonly kind: 'call';
  /** With the namespaces of a provider's function: `provider::aws::arn_parse`. */
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** `...` after the last argument. */
  readonly isExpanded: boolean;
}

export interface Unary extends Placed {
  readonly kind: 'unary';
  readonly operator: '-' | '!';
  readonly of: Expression;
}

export type BinaryOperator =
  '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%';

export interface Binary extends Placed {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Conditional extends Placed {
  readonly kind: 'conditional';
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export interface Parentheses extends Placed {
  readonly kind: 'parentheses';
  readonly of: Expression;
}
