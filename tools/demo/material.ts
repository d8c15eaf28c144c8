/** Words and phrases that the sample is made of. `{thing}`, `{place}`, `{time}` and `{doing}` are filled in. */

export const COLOURS_OF_NAMES = [
  'amber', 'azure', 'bronze', 'cobalt', 'coral', 'crimson', 'golden', 'indigo', 'ivory', 'jade',
  'lilac', 'mint', 'olive', 'pearl', 'ruby', 'rusty', 'silver', 'teal', 'umber', 'violet',
]; // prettier-ignore

export const ANIMALS = [
  'badger', 'beaver', 'crane', 'dolphin', 'falcon', 'ferret', 'gecko', 'heron', 'ibis', 'lemur',
  'lynx', 'marmot', 'newt', 'otter', 'owl', 'panda', 'puffin', 'raven', 'stoat', 'wombat',
]; // prettier-ignore

export const SUBJECTS = [
  'Rainy Day', 'Board Game', 'Night Train', 'Sourdough', 'Street Photo', 'Trail Running', 'Vinyl', 'Balcony Garden',
  'Old Maps', 'Winter Swim', 'Slow Travel', 'Pocket Synth', 'Second Hand', 'Stargazing', 'Tea House', 'Bike Repair',
  'Short Story', 'Tiny Kitchen', 'Sketchbook', 'Island Hopping',
]; // prettier-ignore

export const CIRCLES = [
  'Club', 'Corner', 'Friends', 'Lounge', 'Workshop', 'Circle', 'Exchange', 'Society', 'Meet-up', 'Table',
]; // prettier-ignore

export const DESCRIPTIONS = [
  'For everybody who likes {thing} more than sleep.',
  'Plans, pictures and questions about {thing}. New here? Say hello.',
  'We meet {time}, usually {place}. Bring {thing}.',
  'Small talk, big opinions, and now and then {thing}.',
  'A quiet room for {doing}. Be kind.',
];

export const THINGS = [
  'a paper map', 'cinnamon buns', 'the blue kettle', 'a spare inner tube', 'two tripods', 'a borrowed tent',
  'the old projector', 'tomato seedlings', 'a jar of starter', 'wool socks', 'the long lens', 'a thermos of soup',
  'the second-hand amp', 'a deck of cards', 'the ferry timetable', 'a very small drum', 'chilli oil', 'the guest book',
]; // prettier-ignore

export const PLACES = [
  'by the harbour', 'on the roof', 'at the corner bakery', 'behind the station', 'in the back room', 'at the lake',
  'on platform four', 'under the bridge', 'in the library', 'at the top of the hill', 'in the courtyard',
]; // prettier-ignore

export const TIMES = [
  'tonight', 'tomorrow at seven', 'on Sunday', 'after work', 'next week', 'before the rain', 'at noon',
  'the first warm day', 'as soon as the shop opens', 'at the end of the month',
]; // prettier-ignore

export const DOINGS = [
  'fixing things', 'walking the long way home', 'baking too much', 'learning three chords', 'sorting photos',
  'reading aloud', 'watching the ships', 'getting lost on purpose', 'planting beans', 'playing one more round',
]; // prettier-ignore

export const OPENERS = ['Morning all.', 'Hey,', 'Quick one:', 'So.', 'News!', 'Hm.', 'Okay, honestly:', 'Psst,'];

export const STATEMENTS = [
  'I left {thing} {place}, please keep an eye on it.',
  'we are {doing} {time}, {place}. There is room for three more.',
  'somebody brought {thing} and now nobody wants to go home.',
  'my plan for {time}: {doing}, then {thing}, then nothing.',
  'the light {place} was unreal today.',
  'I finally understood {thing}. It took a year.',
  'the trick is to start {doing} earlier than you think.',
  'found {thing} {place}. Whoever misses it: it is safe with me.',
  'it rained through the whole of it and it was still the best evening this month.',
  'no promises, but I can bring {thing} {time}.',
  'there is a new note on the board {place}; somebody is {doing} and looks for company.',
];

export const QUESTIONS = [
  'Who is in?',
  'Does anybody still have {thing}?',
  'Is {time} too early for {doing}?',
  'Has anyone been {place} lately?',
  'What would you take instead of {thing}?',
  'Shall we meet {place}?',
];

export const ANSWERS = [
  'Count me in.',
  'Yes! I can take {thing}.',
  'Not {time}, sadly. I am {doing}.',
  'I was {place} yesterday, it is lovely and almost empty.',
  'Same here. Next time we go together.',
  'You had me at {thing}.',
  'Ha, that explains everything.',
  'Only if somebody saves me a seat {place}.',
  'I would start with {doing} and see how far you get.',
  'Thank you, this made my day.',
];

export const CLOSERS = [
  'See you there.',
  'More soon.',
  'No rush.',
  'Tell the others.',
  '🙂',
  '🌧️',
  '🎲',
  '✨',
  '🚲',
  '🍞',
];

export const CAPTIONS = ['Look at this:', 'From earlier today.', 'Proof.', 'The view just now', 'As promised', ''];

export const EMOJI = ['👍', '❤️', '😂', '🎉', '🔥', '😮', '🙏', '👀'];

export const BUBBLES = ['#2563eb', '#0f766e', '#b45309', '#be185d', '#6d28d9', '#15803d', '#475569', '#c2410c'];
