import type { Db, Document } from 'mongodb';
import type { Sent } from '#test/room-log/support/command-log.ts';

/** Asks the server how it carries out what a room log has sent. */

/** One query: a find, or one operation of an update or a delete. */
export interface Query {
  /** Command, collection, and the filter, sort and limit with every value replaced by `?`. */
  shape: string;
  command: Document;
}

export interface Explained {
  shape: string;
  stages: string[];
  docsExamined: number;
  returned: number;
}

/** The form of a filter: its fields and operators, without values. Equal forms in a list count once. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null || '_bsontype' in item)) return '?';
    return [...new Set(value.map((item) => JSON.stringify(formOf(item))))]
      .sort()
      .map((form) => JSON.parse(form) as unknown);
  }
  if (typeof value !== 'object' || value === null || '_bsontype' in value || value instanceof Date) return '?';
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, formOf(item)]));
}

const text = (form: unknown) => JSON.stringify(form).replaceAll('"', '');

/** The messages of groups and of DMs are asked alike. */
const nounOf = (collection: string) => collection.replace(/^(group|dm)_messages$/, 'messages');

/** The names of a pipeline's stages. */
export const stagesIn = ({ pipeline }: Document): string[] =>
  (pipeline as Document[]).map((stage) => Object.keys(stage)[0]!);

/** The queries of one command; none for inserts and for what is only asked by the driver. */
export function queriesOf({ name, collection, command }: Sent): Query[] {
  if (name === 'find') {
    const { filter, sort, limit, projection, hint } = command;
    const order = sort
      ? ` sort ${text(Object.fromEntries(sort instanceof Map ? sort : Object.entries(sort as object)))}`
      : '';
    const shape = `find ${nounOf(collection)} ${text(formOf(filter))}${order}${limit ? ' limit' : ''}`;
    return [{ shape, command: { find: collection, filter, sort, limit, projection, hint } }];
  }
  if (name === 'aggregate' && stagesIn(command)[0] === '$match') {
    const { pipeline, hint } = command;
    const shape = `aggregate ${collection} ${stagesIn(command).join(' ')}`;
    return [{ shape, command: { aggregate: collection, pipeline, hint, cursor: {} } }];
  }
  if (name === 'update')
    return (command.updates as Document[]).map((one) => ({
      shape: `update ${nounOf(collection)} ${text(formOf(one.q))}`,
      command: { update: collection, updates: [one] },
    }));
  if (name === 'delete')
    return (command.deletes as Document[]).map((one) => ({
      shape: `delete ${nounOf(collection)} ${text(formOf(one.q))}`,
      command: { delete: collection, deletes: [one] },
    }));
  if (name === 'findAndModify') {
    const { query, update, upsert } = command;
    const shape = `findAndModify ${nounOf(collection)} ${text(formOf(query))}`;
    return [{ shape, command: { findAndModify: collection, query, update, upsert } }];
  }
  return [];
}

function stagesOf(plan: Document | undefined): string[] {
  if (!plan) return [];
  const inner = [
    plan.queryPlan,
    plan.inputStage,
    ...((plan.inputStages as Document[] | undefined) ?? []),
  ] as Document[];
  return [plan.stage as string | undefined, ...inner.flatMap((one) => stagesOf(one))].filter(
    (name) => name !== undefined,
  );
}

/** Explains a query as it would run now. Nothing is changed. */
export async function explain(db: Db, { shape, command }: Query): Promise<Explained> {
  const defined = Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined));
  const answer = await db.command({ explain: defined, verbosity: 'executionStats' });
  // Of a pipeline, what its first stage reads.
  const first = (answer.stages as Document[] | undefined)?.[0]?.$cursor as Document | undefined;
  const { queryPlanner, executionStats } = first ?? answer;
  const { executionStages, nReturned, totalDocsExamined } = executionStats as Document;
  const top = executionStages as Document;
  const changed = ((top.nMatched ?? top.nWouldDelete ?? 0) as number) + ((top.nWouldUpsert ?? 0) as number);
  return {
    shape,
    stages: stagesOf((queryPlanner as Document).winningPlan as Document),
    docsExamined: totalDocsExamined as number,
    returned: Math.max(nReturned as number, changed),
  };
}
