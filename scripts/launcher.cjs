#!/usr/bin/env node
// Starts the command. V8's compiled form of it lies beside it, written when it was built, and is taken
// where Node is the same; elsewhere the command is compiled as any other, only slower.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// V8's optimising compiler, called in as early as in a server, takes half of the processor time of a scan
// and has earned back little when the scan ends. Only scans of many thousand resources reach these counts.
const laterOptimisation = {
  20: '--interrupt-budget=1000000',
  22: '--invocation-count-for-turbofan=45000',
  24: '--invocation-count-for-turbofan=45000',
}[process.versions.node.split('.')[0]];
if (laterOptimisation !== undefined) setFlagsFromString(laterOptimisation);

const file = join(__dirname, 'command.cjs');

function compiledForm() {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}

// A compiled form knows no import(); parts that are loaded late come through this one.
const importPart = (path) => import(pathToFileURL(join(__dirname, path)).href);

const source = readFileSync(file, 'utf8');
const script = new Script(`(function (exports, require, module, importPart) {${source}\n})`, {
  filename: file,
  cachedData: compiledForm(),
});
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, createRequire(file), module_, importPart);

// The build asks for the compiled form once the command has run, so that it holds what a scan compiles late.
if (process.send !== undefined && process.env.HEADGATE_BUILD === 'compiled-form') {
  process.on('exit', () => require('node:fs').writeFileSync(`${file}.cache`, script.createCachedData()));
}
