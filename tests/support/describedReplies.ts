/**
 * Replies against an OpenAPI document, in which nothing may be that it does not tell of.
 * In: a document, replies. Out: what is wrong with them; which calls and statuses were met.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Record<string, unknown>;
  }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export interface OpenApiDocument {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

/** The same with no member allowed that it does not name. */
const closed = (schema: unknown): unknown => {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  return Object.fromEntries('properties' in schema ? [...entries, ['additionalProperties', false]] : entries);
};

export class DescribedReplies {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({
    keywords: ['components'],
    formats: {
      int64: true,
      uri: (text: string) => URL.canParse(text),
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/,
    },
  });
  readonly #checks = new Map<string, ValidateFunction>();
  /** Such as `get /api/v1/time 200`. */
  readonly met = new Set<string>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#ajv.addSchema({ $id: 'document', components: closed(document.components) });
  }

  /** All that is described, but what stands for anything else. */
  get described(): string[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses)
          .filter((status) => status !== 'default')
          .map((status) => `${method} ${path} ${status}`),
      ),
    );
  }

  /** @throws Error unless the reply is described, with its status and all of its body. */
  async check(method: string, path: string, response: Response): Promise<unknown> {
    const place = `${method} ${path} ${response.status}`;
    const content = this.#document.paths[path]?.[method]?.responses[response.status]?.content;
    if (content === undefined) throw new Error(`${place} is not described: ${await response.text()}`);
    const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
    const schema = content[type]?.schema;
    if (schema === undefined) throw new Error(`${place} is not described as ${type}`);
    const body = type === 'application/json' ? await response.json() : await response.text();
    const check = this.#check(place, schema);
    if (!check(body))
      throw new Error(`${place}: ${this.#ajv.errorsText(check.errors)} in ${JSON.stringify(body).slice(0, 2_000)}`);
    this.met.add(place);
    return body;
  }

  /** What a component of the document says of a value: nothing if it fits. */
  faultOf(component: string, value: unknown): string | undefined {
    const check = this.#check(component, { $ref: `#/components/schemas/${component}` });
    return check(value) ? undefined : this.#ajv.errorsText(check.errors);
  }

  #check(place: string, schema: object): ValidateFunction {
    const known = this.#checks.get(place);
    if (known) return known;
    // As if it stood in the document, so that it finds what it refers to.
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"document#/components/');
    const check = this.#ajv.compile(JSON.parse(text));
    this.#checks.set(place, check);
    return check;
  }
}
