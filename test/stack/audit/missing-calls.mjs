// Read calls that moto 5.2.5 does not offer, answered as AWS documents them for an account that has none of what they
// list. Without them no list of Lambda's would ever be complete, and no finding of a function could be closed.

const json = (body) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Method and path, or target, of each call, and its answer. Sources: the API references of the services. */
const answers = [
  [/^GET \/2020-04-22\/code-signing-configs\/?$/, json({ CodeSigningConfigs: [] })],
  [
    /^GET \/2019-09-30\/functions\/[^/]+\/provisioned-concurrency$/,
    json({ ProvisionedConcurrencyConfigs: [] }),
  ],
  [/^GET \/2021-10-31\/functions\/[^/]+\/urls\/?$/, json({ FunctionUrlConfigs: [] })],
  [/^POST \/standards\/get$/, json({ StandardsSubscriptions: [] })],
  [/^Logs_20140328\.DescribeQueryDefinitions$/, json({ queryDefinitions: [] })],
  [
    /^GET \/v20180820\/configuration\/publicAccessBlock$/,
    {
      status: 404,
      headers: { 'content-type': 'application/xml' },
      body: '<Error><Code>NoSuchPublicAccessBlockConfiguration</Code><Message>The public access block configuration was not found</Message></Error>',
    },
  ],
];

/** The answer to a request that moto lacks; undefined for every other. */
export function answerMissing(called) {
  return answers.find(([pattern]) => pattern.test(called))?.[1];
}
