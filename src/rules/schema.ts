import { expressionDefinitions } from './vocabulary.ts';

const text = { type: 'string', minLength: 1 };
const clause = { that: { $ref: '#/$defs/expression' }, otherwise: text };
const clausesOf = (properties: object): object => ({
  type: 'array',
  items: { type: 'object', additionalProperties: false, required: ['that', 'otherwise'], properties },
});
const refines = {
  type: 'boolean',
  description:
    'True if the clause adds a condition to the clause before it. It is not reported if that clause fails.',
};
const level = {
  enum: ['essential', 'standard', 'reference'],
  description: 'The lowest level that includes it. Default: the level of the rule; for a rule: essential.',
};
const follows = {
  type: 'array',
  items: text,
  description:
    'Rules whose finding on the same resource has the same cause and the same fix. Only their finding is reported.',
};
const followsOn = {
  ...text,
  description:
    'Relation to the resources on which the rules of `follows` have to fail, each of them, where that is not the resource itself.',
};
const severity = { enum: ['critical', 'high', 'medium', 'low', 'info'] };

const parameterSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'default', 'description'],
  properties: {
    type: { enum: ['integer', 'number', 'string', 'boolean', 'strings'] },
    default: {},
    minimum: { type: 'number' },
    maximum: { type: 'number' },
    enum: { type: 'array', items: text },
    unit: text,
    description: text,
  },
};

const exampleSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'verdict', 'template'],
  properties: {
    name: text,
    verdict: { enum: ['pass', 'fail', 'unknown', 'notApplicable'] },
    on: text,
    says: text,
    repairedBy: { const: 'sam', description: 'The template passes once `fix.sam` is merged into it.' },
    template: { type: 'object' },
    code: { type: 'object', additionalProperties: { type: 'array', items: text } },
  },
};

const condition = { $ref: '#/$defs/expression' };
const editValue = {
  description:
    'Part of a template. Its texts can contain `{name}` (logical ID of the resource), `{parameter.x}`, `{new.X}` (a resource that the edit adds) and `{x}` (a resource that it needs). `{compute: operand}` is a number.',
};
const related = { ...text, description: 'Relation to the resources that are changed, such as `role`.' };

const changeSchema = {
  anyOf: [
    {
      type: 'object',
      additionalProperties: false,
      required: ['set', 'to'],
      properties: {
        set: { ...text, description: 'Path of a property; `*` stands for each member of a list.' },
        to: editValue,
        on: related,
        where: condition,
        only: { const: 'absent', description: 'Leaves what is set already.' },
      },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['append', 'value'],
      properties: {
        append: { ...text, description: 'Path of a list, which is made where it is absent.' },
        value: editValue,
        on: related,
        where: condition,
      },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['add', 'resource'],
      properties: {
        add: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]*$', description: 'End of its logical ID.' },
        resource: { type: 'object', required: ['Type'] },
      },
    },
  ],
};

const editSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['safety', 'changes'],
  if: { properties: { safety: { const: 'unsafe' } } },
  then: { required: ['because'] },
  properties: {
    clauses: {
      type: 'array',
      items: { type: 'integer', minimum: 1 },
      minItems: 1,
      description: 'Numbers of the clauses of `assert` that it fixes, starting at 1. Default: all.',
    },
    types: {
      type: 'array',
      items: text,
      minItems: 1,
      description: 'Only resources of these types, as deployed or as written (`AWS::Serverless::Function`).',
    },
    where: condition,
    safety: {
      enum: ['safe', 'unsafe'],
      description:
        'safe: changes only this resource, without interruption, and affects no caller and no data. unsafe: a person looks at it.',
    },
    because: { ...text, description: 'What an unsafe edit changes beside the finding.' },
    needs: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['type'],
        properties: { type: text, related, where: condition },
      },
      description: 'Resources of the template that the changes name; each must be the only one of its kind.',
    },
    changes: { type: 'array', items: changeSchema, minItems: 1 },
  },
};

/** JSON Schema (2020-12) of a rule file; written to rules.schema.json by `npm run generate`. */
export const ruleSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:headgate:rules',
  title: 'Headgate rule',
  type: 'object',
  additionalProperties: false,
  required: [
    'id',
    'title',
    'requirement',
    'severity',
    'appliesTo',
    'assert',
    'pass',
    'why',
    'fix',
    'examples',
  ],
  properties: {
    id: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]*(\\.[a-z0-9-]+)+$',
      description: 'Unique; equals the file name without .yaml.',
    },
    title: { ...text, maxLength: 120 },
    requirement: {
      ...text,
      description: 'The requirement (statement of the reference document) that the rule checks.',
    },
    severity,
    level,
    follows,
    flows: { type: 'array', items: { enum: ['api', 'events', 'batch'] } },
    appliesTo: { type: 'array', items: text, minItems: 1, description: 'CloudFormation types.' },
    when: {
      ...clausesOf(clause),
      description: 'Where a clause does not hold, the rule does not apply, for the reason given.',
    },
    assert: {
      ...clausesOf({ ...clause, refines, severity, level, follows, followsOn }),
      minItems: 1,
      description:
        'Where a clause does not hold, the rule fails with the message given. Every failing clause is reported, in this order: put the most severe first.',
    },
    pass: text,
    parameters: { type: 'object', additionalProperties: parameterSchema },
    controls: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['framework', 'id', 'source'],
        properties: {
          framework: {
            enum: [
              'aws-fsbp',
              'security-hub',
              'nist-800-53-r5',
              'aws-config',
              'pci-dss-4.0',
              'wa-serverless',
            ],
          },
          id: text,
          source: { enum: ['aws', 'ours'] },
        },
      },
    },
    why: text,
    fix: {
      type: 'object',
      additionalProperties: false,
      required: ['text'],
      properties: {
        text,
        cloudformation: text,
        terraform: text,
        sam: {
          type: 'string',
          pattern: '^(Globals|Resources):\\n  \\w+:',
          description:
            'A piece of a SAM template, indented by two; an example with a SAM template is fixed by it.',
        },
        cdk: text,
        cli: text,
        together: {
          ...text,
          description:
            'One change that fixes findings of several rules. These rules have the same text here.',
        },
        edits: {
          type: 'array',
          items: editSchema,
          minItems: 1,
          description:
            'Changes of a template that `headgate fix` makes. Each fixes failing examples of its clauses.',
        },
      },
    },
    references: { type: 'array', items: text },
    waivable: { type: 'boolean' },
    decides: { enum: ['config', 'account', 'code', 'procedure'] },
    examples: { type: 'array', items: exampleSchema, minItems: 1 },
  },
  $defs: expressionDefinitions,
} as const;

const schemaProperty = {
  type: 'string',
  description: 'Path or address of the schema, for editors.',
} as const;
/** Keys that Headgate does not read. */
const extensions = { '^x-': {} } as const;

/** JSON Schema of headgate.yaml. */
export const configSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:headgate:config',
  title: 'Headgate configuration',
  type: 'object',
  additionalProperties: false,
  patternProperties: extensions,
  properties: {
    $schema: schemaProperty,
    level: { enum: ['essential', 'standard', 'reference'], description: 'How much is checked.' },
    failOn: {
      enum: ['critical', 'high', 'medium', 'low', 'info', 'none'],
      description: 'Exit code 1 for findings of this severity or worse.',
    },
    unknown: { enum: ['ignore', 'warn', 'fail'], description: 'How unknown verdicts change the exit code.' },
    ruleFolders: { type: 'array', items: text, description: 'Folders with custom rules.' },
    waivers: { ...text, description: 'Path of the waivers file.' },
    baseline: { ...text, description: 'Path of the baseline.' },
    region: {
      type: 'string',
      pattern: '^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$',
      description: 'Value of AWS::Region.',
    },
    account: { type: 'string', pattern: '^[0-9]{12}$', description: 'Value of AWS::AccountId.' },
    parameters: { ...text, description: 'Path of a file with values of template parameters.' },
    peerSuppressions: {
      type: 'array',
      items: { enum: ['checkov', 'cfn_nag', 'cfn-guard', 'cdk-nag'] },
      description: 'Tools whose suppressions in templates are waivers.',
    },
    rules: { $ref: '#/$defs/rules' },
    include: { type: 'array', items: text, description: 'Globs of the files in folders that are read.' },
    exclude: { type: 'array', items: text, description: 'Globs of files in folders that are not read.' },
    overrides: {
      type: 'array',
      description: 'Settings for the resources of some files; of several that fit, later ones win.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['paths'],
        properties: {
          paths: { type: 'array', items: text, minItems: 1 },
          level: { enum: ['essential', 'standard', 'reference'] },
          rules: { $ref: '#/$defs/rules' },
          reason: text,
        },
      },
    },
    trust: {
      type: 'object',
      description: 'What is accepted from the files that are scanned.',
      additionalProperties: false,
      properties: { templateWaivers: { type: 'boolean' }, baseline: { type: 'boolean' } },
    },
    assumptions: {
      type: 'array',
      description: 'Conditions and parameters that templates leave open.',
      items: {
        anyOf: [
          {
            type: 'object',
            additionalProperties: false,
            required: ['condition', 'holds', 'reason'],
            properties: { condition: text, holds: { type: 'boolean' }, stack: text, reason: text },
          },
          {
            type: 'object',
            additionalProperties: false,
            required: ['parameter', 'value', 'reason'],
            properties: {
              parameter: text,
              value: { type: ['string', 'number', 'boolean'] },
              stack: text,
              reason: text,
            },
          },
        ],
      },
    },
    outside: {
      type: 'array',
      description: 'Resources outside the scan.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['resource', 'relation', 'reason'],
        properties: {
          resource: text,
          relation: text,
          absent: { type: 'boolean' },
          reason: text,
          target: {
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: { type: text, name: text, arn: text, properties: { type: 'object' } },
          },
        },
      },
    },
  },
  $defs: {
    rules: {
      type: 'object',
      description: 'By rule id, glob of ids, or service.',
      additionalProperties: {
        anyOf: [
          { const: 'off' },
          { const: false },
          {
            type: 'object',
            additionalProperties: false,
            properties: { off: { type: 'boolean' }, severity, parameters: { type: 'object' }, reason: text },
          },
        ],
      },
    },
  },
} as const;

/** JSON Schema of a waivers file. */
export const waiversSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:headgate:waivers',
  title: 'Headgate waivers',
  type: 'object',
  additionalProperties: false,
  required: ['waivers'],
  patternProperties: extensions,
  properties: {
    $schema: schemaProperty,
    waivers: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['rule', 'resource', 'reason'],
        properties: {
          rule: { ...text, description: 'Exactly one rule id.' },
          resource: { ...text, description: 'Id, name, construct path or ARN; * stands for any characters.' },
          account: { type: 'string', pattern: '^[0-9]{12}$' },
          region: text,
          reason: text,
          owner: text,
          expires: { ...text, description: 'ISO date; the waiver holds to the end of that day (UTC).' },
        },
      },
    },
  },
} as const;
