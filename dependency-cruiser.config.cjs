/** Direction of imports: entry points -> app -> stages -> model. Each rule says why it is there. */
const stages = 'rules|sam|template|terraform|account|graph|evaluate|fix|report|publish';
const entryPoints = 'cli|lambda|cdk|hook|lsp|mcp';
const only = (name, comment, folder, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^src/(${folder})/` },
  to: { path: '^src/', pathNot: [`^src/(${allowed})/`] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no order in which it can be understood.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    only(
      'model-imports-nothing',
      'The model is the language of all stages; it may not know any of them.',
      'model',
      'model',
    ),
    {
      name: 'model-has-no-packages',
      comment: 'A model without packages can be read, moved and tested alone.',
      severity: 'error',
      from: { path: '^src/(model|policy)/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    only(
      'policy-knows-the-model-alone',
      'What a policy allows is asked by every stage, so it stands below all of them.',
      'policy',
      'policy|model',
    ),
    only('aws-knows-the-model-alone', 'What a type is stands below all stages.', 'aws', 'aws|model'),
    only(
      'text-knows-the-model-alone',
      'Positions are part of the model; nothing else is needed to read text.',
      'text',
      'text|model',
    ),
    only(
      'code-knows-the-model-alone',
      'What a bundle shows is asked by several sources.',
      'code',
      'code|model',
    ),
    only(
      'files-know-the-model-alone',
      'How a file is opened is the same for every reader.',
      'files',
      'files|model',
    ),
    only(
      'sam-is-expanded-before-anything-is-linked',
      'SAM is text to text; it may not know what is made of it.',
      'sam',
      'sam|text|aws|model',
    ),
    only(
      'sources-do-not-know-what-is-decided',
      'A source gives resources with positions; rules, graph and reports come after it.',
      'template',
      'template|sam|text|files|code|aws|policy|model',
    ),
    only(
      'plans-do-not-know-what-is-decided',
      'A source gives resources with positions; rules, graph and reports come after it.',
      'terraform',
      'terraform|text|files|code|aws|policy|model',
    ),
    only(
      'accounts-do-not-know-what-is-decided',
      'A source gives resources; rules, graph and reports come after it.',
      'account',
      'account|aws|policy|model',
    ),
    only(
      'fixes-edit-text',
      'A fix turns findings into edits of text; whether it helped is asked by app.',
      'fix',
      'fix|text|model',
    ),
    {
      name: 'stages-do-not-know-each-other',
      comment: 'Only app knows the order of the stages; a stage that imports another cannot be replaced.',
      severity: 'error',
      from: { path: '^src/(rules|graph|evaluate|report|publish)/' },
      to: { path: '^src/', pathNot: ['^src/(model|policy|aws|text|files)/', '^src/$1/'] },
    },
    {
      name: 'app-does-not-know-who-calls-it',
      comment: 'Every entry point calls the same app.',
      severity: 'error',
      from: { path: `^src/(app|${stages}|model|policy|aws|text|files|code)/` },
      to: { path: `^src/(${entryPoints})/` },
    },
    {
      name: 'entry-points-do-not-know-each-other',
      comment: 'What two entry points share is part of app, not of one of them.',
      severity: 'error',
      from: { path: `^src/(${entryPoints})/` },
      // Which command starts a server is the command line's; it loads the server when it is started.
      to: { path: `^src/(${entryPoints})/`, pathNot: '^src/($1/|(lsp|mcp)/serve-)' },
    },
    only(
      'servers-ask-app-alone',
      'What an editor or an agent is told is what every other entry point tells.',
      'lsp|mcp',
      'lsp|mcp|app|model',
    ),
    {
      name: 'files-only-where-files-are-read',
      comment:
        'rules, template, terraform, publish, app and the entry points touch the file system, so the rest can be trusted to be pure.',
      severity: 'error',
      // Which profiles there are stands in files alone, and the SDK tells a missing one from a missing Region by nothing.
      from: {
        path: '^src/(model|policy|aws|text|code|sam|account|graph|evaluate|fix|report)/',
        pathNot: '^src/account/own-region[.]ts$',
      },
      to: { path: '^((node:)?fs|src/files/)' },
    },
    {
      name: 'sdk-only-where-aws-is-called',
      comment: 'account is the only AWS reader and publish the only writer.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(account|publish)/' },
      to: { path: '@aws-sdk/' },
    },
    {
      name: 'cdk-only-in-the-plugin',
      comment: 'Who only scans does not install aws-cdk-lib.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cdk/' },
      to: { path: '^(node_modules/)?(aws-cdk-lib|constructs)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
