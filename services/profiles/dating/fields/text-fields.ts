const limited = <const N extends string>(max: number, names: readonly N[]): Record<N, number> =>
  Object.fromEntries(names.map((name) => [name, max])) as Record<N, number>;

/** What a profile tells of school and work. */
const CAREER = limited(160, [
  'education',
  'educationLevel',
  'school',
  'jobTitle',
  'occupation',
  'job',
  'company',
  'workplace',
  'employer',
]);

const BODY = { ...limited(40, ['height']), ...limited(80, ['bodyType']) };

/** What a profile tells of tastes, character and hopes: compared word by word in a match. */
const CHARACTER = {
  ...limited(200, [
    'favoriteMovie',
    'favoriteMusic',
    'musicPreference',
    'musicPreferences',
    'favoriteFood',
    'foodPreference',
    'foodPreferences',
    'hobby',
    'hobbies',
    'favoriteHobby',
    'weekendActivity',
    'weekendActivities',
    'typicalWeekend',
    'travelDestination',
    'dreamDestination',
    'favoriteDestination',
    'fitnessActivity',
    'workout',
    'exercise',
    'communicationStyle',
    'communicationPreference',
    'howToCommunicate',
    'loveLanguage',
    'myLoveLanguage',
    'loveLanguages',
    'greenFlag',
    'greenFlags',
    'myGreenFlag',
    'redFlag',
    'redFlags',
    'dealBreaker',
  ]),
  ...limited(400, [
    'lifePhilosophy',
    'philosophy',
    'outlook',
    'datingProCon',
    'prosAndCons',
    'prosConsOfDatingMe',
    'firstDate',
    'idealFirstDate',
    'perfectFirstDate',
    'seekingFor',
    'seeking',
    'lookingForRelationship',
    'selfCare',
    'selfCareIs',
    'mySelfCare',
    'simplePleasures',
    'mySimplePleasures',
    'simplePleasure',
    'greatRelationship',
    'relationshipGreat',
    'whatMakesRelationshipGreat',
  ]),
  ...limited(600, [
    'partnerLookingFor',
    'lookingForInPartner',
    'partnerDescription',
    'perfectMatchDescription',
    'perfectMatch',
    'idealPartner',
  ]),
};

/** Texts that are kept as they are written; longest length in UTF-16 units, by name. */
export const FREE_TEXTS = {
  ...limited(160, ['mood']),
  ...limited(80, ['religion', 'nationality']),
  ...BODY,
  ...CAREER,
  ...CHARACTER,
};
export type FreeText = keyof typeof FREE_TEXTS;

/** Texts that are brought to one of a few phrases. */
export const PHRASES = ['gender', 'interestedIn', 'smoking', 'drinking', 'children', 'relocation'] as const;
export type Phrase = (typeof PHRASES)[number];

/** Every text of a profile; each of them alone makes it visible. */
export const TEXTS = [...(Object.keys(FREE_TEXTS) as FreeText[]), ...PHRASES];

/** Whose words tell how alike two people are. */
export const CHARACTER_TEXTS = ['mood', ...Object.keys(CHARACTER)] as FreeText[];
