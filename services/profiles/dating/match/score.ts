import { Type, type Static } from '#shared/schema.ts';

const scored = <M extends Parameters<typeof Type.Object>[0]>(meta: M) =>
  Type.Object({
    score: Type.Integer({ minimum: 0 }),
    weight: Type.Integer({ description: 'The highest score' }),
    ...meta,
  });

const Ratio = Type.Number({ minimum: 0, maximum: 1, description: 'Shared of all; 3 places' });
const Side = Type.Array(Type.String());

/** How well two people match, and why. */
export const BreakdownShape = Type.Object(
  {
    total: Type.Integer({ description: 'Sum of the scores, at least 10 and at most 100' }),
    rawTotal: Type.Integer({ description: 'Sum of the scores' }),
    components: Type.Object({
      location: scored({
        distanceKm: Type.Optional(Type.Number({ description: 'As exact as distanceMeters; 3 places' })),
        level: Type.Optional(Type.String()),
      }),
      relationship: scored({ overlap: Side, ratio: Ratio }),
      interests: scored({
        mutual: Type.Optional(Side),
        religionMatch: Type.Optional(Type.Boolean()),
        ageCompatibility: Type.Optional(Side),
      }),
      lifestyle: scored({ matches: Side }),
      personality: scored({ overlap: Side, ratio: Ratio }),
    }),
  },
  { $id: 'MatchBreakdown' },
);
export type Breakdown = Static<typeof BreakdownShape>;
export type Components = Breakdown['components'];
