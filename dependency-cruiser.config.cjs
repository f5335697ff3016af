/** Direction of imports: cli, lambda, cdk -> scan -> stages -> model. Each rule says why it is there. */
const stages = 'rules|template|account|graph|evaluate|report|publish';
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
      from: { path: '^src/model/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'stages-do-not-know-each-other',
      comment:
        'Only scan.ts and its siblings know the order of the stages; a stage that imports another cannot be replaced.',
      severity: 'error',
      from: { path: `^src/(${stages})/` },
      to: { path: '^src/', pathNot: ['^src/model/', '^src/$1/'] },
    },
    {
      name: 'entry-points-do-not-know-each-other',
      comment: 'What two entry points share is part of scanning, not of one of them.',
      severity: 'error',
      from: { path: '^src/(cli|lambda|cdk)/' },
      to: { path: '^src/(cli|lambda|cdk)/', pathNot: '^src/$1/' },
    },
    {
      name: 'files-only-where-files-are-read',
      comment:
        'rules, template, publish and cli touch the file system, so the rest can be trusted to be pure.',
      severity: 'error',
      from: { path: '^src/(model|account|graph|evaluate|report)/' },
      to: { path: '^(node:)?fs' },
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
