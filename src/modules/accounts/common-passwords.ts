/** What people begin a password with when they must think of one; written down here by habit, kind by kind. */
const WORDS = new Set(
  `password passwort passwd pass passw passphrase kennwort contrasena contrasenha senha motdepasse parola parool haslo wachtwoord
   salasana losenord sifre jelszo heslo secret secreto geheim topsecret private security secure login logon signin access
   admin administrator root superuser superadmin sysadmin user username guest test tester testing demo sample example default
   changeme changeit change letmein letmeinnow openup opensesame enter welcome welcomeback hello hallo hola bonjour hi goodbye
   iloveyou loveyou iloveme ilove love lovely lover amor tequiero forever friend friends family mother father mum mom dad baby
   babygirl angel princess prinzessin queen king prince hero heroes superman batman spiderman ironman starwars startrek pokemon
   pikachu naruto minecraft fortnite matrix gandalf merlin wizard magic dragon phoenix tiger lion eagle falcon hawk wolf bear
   monkey panda dolphin shark snake horse pony kitty kitten cat cats dog dogs puppy buddy bunny rabbit butterfly flower rose
   sunflower sunshine sun moon star stars sky ocean river mountain forest summer sommer winter spring fruhling autumn herbst fall
   january february march april may june july august september october november december januar februar marz juni juli oktober
   dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
   red blue green yellow orange purple black white silver gold golden diamond ruby crystal pearl football fussball soccer
   baseball basketball hockey tennis golf cricket rugby arsenal chelsea liverpool everton barcelona madrid juventus bayern dortmund
   yankees lakers cowboys eagles steelers packers ferrari porsche mercedes bmw audi toyota honda ford mustang corvette harley
   yamaha london paris berlin munich hamburg vienna zurich rome milan newyork chicago boston texas america england france germany
   deutschland espana italia brasil canada india china japan russia computer laptop internet network server system windows
   microsoft google apple iphone samsung android facebook twitter linux ubuntu debian redhat oracle cisco juniper docker
   kubernetes jenkins github gitlab postgres mysql mongodb database office company business work money cash rich dollar euro
   bitcoin freedom peace happy lucky smile cool awesome super great best number one master mistress boss chief captain
   soldier hunter killer ninja samurai pirate ranger player gamer game games trustme trustno trust noone nobody whatever nothing
   something anything qwer qwert asdf zxcv abc abcd xyz foo bar foobar baz blah blink blabla jesus christ god heaven bible church
   michael jennifer jordan thomas daniel andrew joshua matthew robert william george charlie jessica ashley amanda nicole michelle
   hannah anna maria laura sarah sophie julia martin stefan andreas peter paul max alex alexander christian sebastian tobias
   chocolate cookie cheese banana apple cherry lemon pepper ginger coffee pizza burger vodka whiskey marlboro music guitar piano
   metal rocknroll beatles metallica nirvana eminem summertime winteriscoming marketplace registry repository`
    .split(/\s+/)
    .filter(Boolean),
);

/** Rows and walks of keyboards, and what one counts by. */
const ROWS = [
  "01234567890123456789",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "yxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "qazwsxedcrfvtgbyhnujm",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "147258369",
  "159753",
];
const WALKS = ROWS.flatMap((row) => [row, [...row].reverse().join("")]);

const LEET = new Map([
  ["0", "o"],
  ["1", "i"],
  ["3", "e"],
  ["4", "a"],
  ["5", "s"],
  ["7", "t"],
  ["8", "b"],
  ["@", "a"],
  ["$", "s"],
  ["!", "i"],
  ["€", "e"],
]);
const plain = (text: string, one: string): string =>
  [...text].map((sign) => (sign === "1" || sign === "!" ? one : (LEET.get(sign) ?? sign))).join("");

/**
 * Whether a password is among those that are guessed first: a usual word (also spelt with digits and signs for letters, doubled,
 * or with numbers and signs around it), a walk over the keyboard, or a few digits. A sentence of several words is not.
 */
export function isCommonPassword(password: string): boolean {
  const lower = password.slice(0, 300).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  if (/^\d{1,10}$/.test(lower)) return true;
  const bare = trimmed(lower);
  const spellings = [
    lower,
    bare,
    plain(lower, "i"),
    plain(lower, "l"),
    trimmed(plain(bare, "i")),
    trimmed(plain(bare, "l")),
  ];
  return spellings.some((spelling) => isUsual(once(spelling)));
}

/** Without the numbers and signs around it. */
const trimmed = (text: string): string => text.replace(/^[^\p{L}]{1,10}/u, "").replace(/[^\p{L}]{1,10}$/u, "");

/** `abcabcabc` is `abc`. */
function once(text: string): string {
  const period = `${text}${text}`.indexOf(text, 1);
  return period > 0 && period < text.length ? text.slice(0, period) : text;
}

const isWalk = (text: string): boolean => text.length >= 3 && WALKS.some((walk) => walk.includes(text));

function isUsual(text: string): boolean {
  if (text === "") return false;
  if (text.length <= 2 || isKnown(text)) return true;
  const pieces = text.match(/\p{L}+|\d+/gu) ?? [];
  const words = pieces.filter((piece) => !/^\d/.test(piece));
  // Numbers count as filling up to a date's length; two words at most, or every sentence would be one.
  if (words.length > 2) return false;
  return pieces.every((piece) => (/^\d/.test(piece) ? piece.length <= 8 || isWalk(piece) : isKnown(piece)));
}

function isKnown(text: string): boolean {
  if (WORDS.has(text) || isWalk(text)) return true;
  for (let cut = 2; cut <= text.length - 2; cut++) {
    const [head, tail] = [text.slice(0, cut), text.slice(cut)];
    if ((WORDS.has(head) || isWalk(head)) && (WORDS.has(tail) || isWalk(tail))) return true;
  }
  return false;
}
