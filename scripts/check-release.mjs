// Stops a release whose tag, version, changelog or repository do not agree. With --notes it prints the changelog's section
// of the version. Reads GITHUB_REF_NAME, GITHUB_SERVER_URL and GITHUB_REPOSITORY.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env.HEADGATE_ROOT ?? join(import.meta.dirname, '..');
const { version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
const section = changelog
  .split(/^## /m)
  .find((part) => part.startsWith(version) || part.startsWith(`[${version}]`));
const { GITHUB_REF_NAME: tag, GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;

const problems = [];
if (tag !== `v${version}`) problems.push(`the tag is ${tag}, and the version of the package is ${version}`);
if (section === undefined) problems.push(`CHANGELOG.md has no section ${version}`);
if (repository.url !== `git+${server}/${name}.git`)
  problems.push(`the repository in package.json is ${repository.url}, and this one is ${server}/${name}`);
if (problems.length > 0) {
  process.stderr.write(problems.map((problem) => `${problem}\n`).join(''));
  process.exitCode = 1;
} else if (process.argv.includes('--notes'))
  process.stdout.write(section.slice(section.indexOf('\n') + 1).trim() + '\n');
