import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  RootsListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { fileURLToPath } from 'node:url';
import { printable } from '../app/findings.ts';
import { isHeadgateError } from '../model/headgate-error.ts';
import { Folders, RequestError } from './folders.ts';
import { allRules, ruleCalled, ruleText, toolsOf, type Tool } from './tools.ts';

/** What the server is started with. */
export interface ServeOptions {
  readonly version: string;
  /** Absolute; where there are none, those of the client count, else `cwd`. */
  readonly roots: readonly string[];
  readonly cwd: string;
  /** Absolute. */
  readonly config?: string;
}

const instructions =
  'Headgate checks the request flows of AWS Lambda applications in infrastructure as code. Call `scan` first, then `explain` with a fingerprint. Nothing is written, and only the folders of this server are read.';

const ruleUri = 'headgate://rules/';

/** Speaks the Model Context Protocol on the standard input and output until the client ends it. */
export async function serveAgents({ version, roots, cwd, config }: ServeOptions): Promise<void> {
  const server = new Server(
    { name: 'headgate', title: 'Headgate', version },
    { capabilities: { tools: {}, resources: {} }, instructions },
  );
  let folders: Promise<Folders> | undefined;
  const findFolders = async (): Promise<Folders> => {
    if (roots.length > 0) return Folders.of(roots);
    if (server.getClientCapabilities()?.roots === undefined) return Folders.of([cwd]);
    const { roots: ofClient } = await server.listRoots();
    return Folders.of(ofClient.flatMap(({ uri }) => pathOf(uri)));
  };
  const tools = toolsOf({
    folders: () => (folders ??= findFolders()),
    now: () => new Date(),
    ...(config === undefined ? {} : { config }),
  });
  server.setNotificationHandler(RootsListChangedNotificationSchema, () => {
    folders = undefined;
  });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(describeTool) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (tool === undefined)
      throw new McpError(ErrorCode.InvalidParams, `There is no tool \`${params.name.slice(0, 100)}\`.`);
    return call(tool, params.arguments);
  });
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({
    resources: (await allRules()).map(({ id, title }) => ({
      uri: ruleUri + id,
      name: id,
      title,
      mimeType: 'text/plain',
    })),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      {
        uriTemplate: `${ruleUri}{id}`,
        name: 'rule',
        title: 'A rule: why it exists and how to fix what fails it',
        mimeType: 'text/plain',
      },
    ],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }) => {
    const id = uri.startsWith(ruleUri) ? decodeURIComponent(uri.slice(ruleUri.length)) : '';
    const rule = await ruleCalled(id).catch((error: unknown) => {
      throw error instanceof RequestError ? new McpError(ErrorCode.InvalidParams, error.message) : error;
    });
    return { contents: [{ uri, mimeType: 'text/plain', text: ruleText(rule) }] };
  });
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    // A client that ends closes the pipe and says nothing.
    process.stdin.once('end', resolve);
  });
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
}

function pathOf(uri: string): string[] {
  try {
    return [fileURLToPath(uri)];
  } catch {
    return [];
  }
}

function describeTool({ name, title, description, inputs, required }: Tool): ToolListing {
  return {
    name,
    title,
    description,
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: inputs,
      ...(required.length === 0 ? {} : { required: [...required] }),
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

interface ToolListing {
  readonly [key: string]: unknown;
  name: string;
  inputSchema: { readonly [key: string]: unknown; type: 'object' };
}

interface Answer {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  isError?: boolean;
}

async function call(tool: Tool, given: Readonly<Record<string, unknown>> | undefined): Promise<Answer> {
  try {
    const answer = await tool.run(given);
    // Texts in data are made harmless before, one by one; JSON would not survive it.
    return textAnswer(typeof answer === 'string' ? printable(answer) : JSON.stringify(answer));
  } catch (error) {
    // What a person or a program can put right is an answer; anything else is a defect of ours.
    const isExpected = error instanceof RequestError || isHeadgateError(error);
    const text = isExpected
      ? error.message
      : `${tool.name} failed: ${error instanceof Error ? error.name : typeof error}. This is a bug in Headgate.`;
    return { ...textAnswer(printable(text)), isError: true };
  }
}

function textAnswer(text: string): Answer {
  return { content: [{ type: 'text', text }] };
}
