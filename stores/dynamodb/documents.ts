/** JSON documents as rows of the state table, read whole and replaced whole. */
import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { callTable, type RunLimits } from './one-call.ts';

const rowSchema = z.object({
  /** Another one after each write. */
  revision: z.string(),
  /** JSON; in gzip where it is long. */
  body: z.union([z.string(), z.instanceof(Uint8Array)]),
});

type Found = { readonly revision: string; readonly value: unknown };

type Placed = { readonly tableName: string; readonly limits: RunLimits };

/** A new value, or undefined to leave the document; and what the caller wants to know. */
type Edited<Value, Result> = { readonly next?: Value | undefined; readonly result: Result };

type PutOptions = {
  /** Milliseconds since the epoch; kept for ever by default. */
  readonly expiresAt?: number | undefined;
};

const MAX_PLAIN_LENGTH = 4_000;
/** Two writers of one document are rare: its target is locked. */
const MAX_EDITS = 10;

export class Documents {
  readonly #client: DynamoDBDocumentClient;
  readonly #place: Placed;

  constructor(client: DynamoDBDocumentClient, place: Placed) {
    this.#client = client;
    this.#place = place;
  }

  async find<Value>(id: string, schema: z.ZodMiniType<Value>): Promise<Value | undefined> {
    const found = await this.#read(id);
    return found && this.#parse(id, schema, found.value);
  }

  async put(id: string, value: unknown, options?: PutOptions): Promise<void> {
    await this.#write(id, value, options);
  }

  /** Edits a document as it is stored now. `edit` is called again if somebody else has replaced it meanwhile. */
  async change<Value, Result>(
    id: string,
    schema: z.ZodMiniType<Value>,
    edit: (value: Value | undefined) => Edited<Value, Result> & PutOptions,
  ): Promise<Result> {
    for (let tries = MAX_EDITS; tries > 0; tries -= 1) {
      const seen = await this.#read(id);
      const value = seen && this.#parse(id, schema, seen.value);
      const { expiresAt, next, result } = edit(value);
      if (next === undefined || JSON.stringify(next) === JSON.stringify(value)) return result;
      if (await this.#write(id, next, { expiresAt, seen })) return result;
    }
    throw new EtlError(
      'TABLE_UNAVAILABLE',
      `The row ${id} of table ${this.#place.tableName} is being changed by others all the time. Run it again.`,
      { retryAfterSeconds: 10 },
    );
  }

  async #read(id: string): Promise<Found | undefined> {
    const get = new GetCommand({
      TableName: this.#place.tableName,
      Key: { state_id: id },
      ConsistentRead: true,
    });
    const { Item } = await this.#call(`the read of ${id}`, (options) =>
      this.#client.send(get, options),
    );
    if (Item === undefined) return undefined;
    const { body, revision } = this.#parse(id, rowSchema, Item);
    return {
      revision,
      value: parseJson(typeof body === 'string' ? body : gunzipSync(body).toString()),
    };
  }

  /** False where another version than the seen one is there. */
  async #write(
    id: string,
    value: unknown,
    { expiresAt, ...condition }: PutOptions & { readonly seen?: Found | undefined } = {},
  ): Promise<boolean> {
    const revision = randomUUID();
    const text = JSON.stringify(value);
    const { seen } = condition;
    const put = new PutCommand({
      TableName: this.#place.tableName,
      Item: {
        state_id: id,
        revision,
        body: text.length > MAX_PLAIN_LENGTH ? gzipSync(text) : text,
        ...(expiresAt !== undefined && { expires_at: Math.ceil(expiresAt / 1000) }),
      },
      ...('seen' in condition &&
        (seen === undefined
          ? { ConditionExpression: 'attribute_not_exists(state_id)' }
          : {
              ConditionExpression: 'revision = :seen',
              ExpressionAttributeValues: { ':seen': seen.revision },
            })),
    });
    try {
      await this.#call(`the write of ${id}`, (options) => this.#client.send(put, options));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // A repeat after a lost answer finds itself.
      return (await this.#read(id))?.revision === revision;
    }
  }

  #call<Result>(what: string, send: Parameters<typeof callTable<Result>>[1]): Promise<Result> {
    return callTable({ purpose: 'read', what, limits: this.#place.limits }, send);
  }

  #parse<Value>(id: string, schema: z.ZodMiniType<Value>, value: unknown): Value {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new EtlError(
      'CONFIG_INVALID',
      `The row ${id} in table ${this.#place.tableName} was not written by this version. Deploy the version that wrote it.`,
    );
  }
}
