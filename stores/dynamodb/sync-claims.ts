/** Which items of a target are whose. All claims on a target are one row, so that those of a removal end together. */
import * as z from 'zod/mini';
import type { ClaimedItem, GivenUp, ListPlace, StoredFacts } from '../../etl/load/sinks.ts';
import type { Documents } from './documents.ts';

const claimSchema = z.object({
  pair: z.string(),
  uri: z.string(),
  added_at: z.exactOptional(z.string()),
  run_id: z.string(),
});
type StoredClaim = z.infer<typeof claimSchema>;
const claimsSchema = z.array(claimSchema);
const givenUpSchema = z.array(z.extend(claimSchema, { target_id: z.string() }));

export class TableClaims {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async find(targetId: string, of: Partial<StoredClaim>): Promise<StoredFacts['claims']> {
    const claims = (await this.#documents.find(toId(targetId), claimsSchema)) ?? [];
    const own = claims.filter(
      ({ pair, run_id }) => (of.pair ?? pair) === pair && (of.run_id ?? run_id) === run_id,
    );
    return new Map(own.map(({ added_at, uri }) => [uri, added_at]));
  }

  /** Ends the claims of all pairs on these, and returns them. */
  async end(targetId: string, uris: readonly string[]): Promise<readonly GivenUp[]> {
    if (uris.length === 0) return [];
    const leaving = new Set(uris);
    return await this.#change(targetId, (claims) => ({
      next: claims.filter(({ uri }) => !leaving.has(uri)),
      result: claims
        .filter(({ uri }) => leaving.has(uri))
        .map((claim) => ({ ...claim, target_id: targetId })),
    }));
  }

  async reclaim(givenUp: readonly GivenUp[]): Promise<void> {
    const claims = givenUpSchema.parse(givenUp);
    for (const targetId of new Set(claims.map(({ target_id }) => target_id))) {
      const own = claims.filter(({ target_id }) => target_id === targetId);
      await this.#add(
        targetId,
        own.map(({ target_id: _target, ...claim }) => claim),
      );
    }
  }

  async claim(
    { pair, targetId }: ListPlace,
    items: readonly ClaimedItem[],
    run_id: string,
  ): Promise<void> {
    const added = items.flatMap(({ added_at, uri }) =>
      uri === undefined ? [] : [{ pair, uri, run_id, ...(added_at && { added_at }) }],
    );
    await this.#add(targetId, added);
  }

  async redate({ pair, targetId }: ListPlace, items: readonly ClaimedItem[]): Promise<void> {
    if (items.length === 0) return;
    const dated = new Map(items.map((item) => [item.uri, item]));
    await this.#change(targetId, (claims) => ({
      next: claims.map(({ added_at, ...claim }) => {
        const item = claim.pair === pair ? dated.get(claim.uri) : undefined;
        const since = item === undefined ? added_at : item.added_at;
        return { ...claim, ...(since !== undefined && { added_at: since }) };
      }),
      result: undefined,
    }));
  }

  async disclaim({ pair, targetId }: ListPlace, uris: readonly string[]): Promise<void> {
    if (uris.length === 0) return;
    const leaving = new Set(uris);
    await this.#change(targetId, (claims) => ({
      next: claims.filter((claim) => claim.pair !== pair || !leaving.has(claim.uri)),
      result: undefined,
    }));
  }

  /** A claim that is there stays: the run that added the item is the one. */
  async #add(targetId: string, added: readonly StoredClaim[]): Promise<void> {
    if (added.length === 0) return;
    await this.#change(targetId, (claims) => {
      const known = new Set(claims.map(toKey));
      return {
        next: [...claims, ...added.filter((claim) => !known.has(toKey(claim)))],
        result: undefined,
      };
    });
  }

  async #change<Result>(
    targetId: string,
    edit: (claims: readonly StoredClaim[]) => { next: StoredClaim[]; result: Result },
  ): Promise<Result> {
    return await this.#documents.change(toId(targetId), claimsSchema, (claims = []) =>
      edit(claims),
    );
  }
}

const toId = (targetId: string): string => `sync-claims#${targetId}`;

const toKey = ({ pair, uri }: StoredClaim): string => JSON.stringify([pair, uri]);
