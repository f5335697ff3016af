/** Answers of Lambda for so many functions, page by page; by action, as the replay layer takes them. */
export function manyFunctions(count) {
  const all = Array.from({ length: count }, (_, index) => `f${index}`).map((FunctionName) => ({
    FunctionName,
    FunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${FunctionName}`,
    PackageType: 'Zip',
    Runtime: 'nodejs22.x',
    Role: 'arn:aws:iam::111122223333:role/f',
    Timeout: 30,
    TracingConfig: { Mode: 'Active' },
  }));
  return {
    'lambda.ListFunctions': ({ Marker = '0' }) => ({
      Functions: all.slice(Number(Marker), Number(Marker) + 50),
      ...(Number(Marker) + 50 < count ? { NextMarker: String(Number(Marker) + 50) } : {}),
    }),
  };
}
