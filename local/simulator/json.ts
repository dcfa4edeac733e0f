import * as z from 'zod';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export const jsonSchema: z.ZodType<Json> = z.json();

/** `JSON.parse` without `any`; throws a `SyntaxError` as it does. */
export function parseJson(text: string): Json {
  return jsonSchema.parse(JSON.parse(text));
}
