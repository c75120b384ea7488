/** Raise it with every change of what `foldName` answers: the index of names is then written anew. */
export const FOLDING = 1;

/** Letters of other scripts that look like Latin ones (from Unicode TR39's confusables), each before what it looks like. */
const CONFUSABLES = new Map(
  [
    ..."аaеeоoрpсcуyхxіiјjѕsԁdһhԛqԝwвbкkмmнhтtгrзeьbпnтtлnАaВbЕeКkМmНhОoРpСcТtХxІiЅsЈjУyЗeαaεeοoρpνvικiτtυuγyηnκkωwσoβbΑaΒbΕeΗhΙiΚkΜmΝnΟoΡpΤtΧxΥyΖz".matchAll(
      /(.)([a-z])/gu,
    ),
    ..."ıiɩlɡgɑaʏyıiǀlłløođdħhŧtꓲlꓳoꓮaꓐbꓚcꓓdꓰeꓖgꓧhꓙjꓗkꓡlꓟmꓠnꓑpꓣrꓢsꓔtꓴuꓦvꓪwꓫxꓬyꓜzᴀaᴄcᴅdᴇeᴊjᴋkᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢzհhոnսuօoցgԍgᎪaᏴbᏟcᎠdᎬeᏀgᎻhᏦkᏞlᎷmᏢpᏚsᎢtᏙvᏔwᏃz".matchAll(
      /(.)([a-z])/gu,
    ),
  ].map((match) => [match[1]!, match[2]!]),
);
const DIGITS: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
};
const LONGEST = 128;

/** Lower-case Latin letters and digits of a name, whatever script, accents or separators it was written with. */
export function plainName(text: string): string {
  const letters = [...text.slice(0, LONGEST).normalize("NFKD")].map(
    (char) => CONFUSABLES.get(char) ?? CONFUSABLES.get(char.toLowerCase()) ?? char,
  );
  return letters
    .join("")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/**
 * What an eye that does not look twice makes of a name: separators gone, letters and digits that look alike made one
 * (`0` and `o`; `1`, `i` and `l`; `rn` and `m`; `vv` and `w`), doubled letters single. Two names that fold alike are confusable.
 */
export const foldName = (text: string): string =>
  plainName(text)
    .replace(/[0134578]/g, (digit) => DIGITS[digit]!)
    .replaceAll("i", "l")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replace(/(.)\1+/gu, "$1");

/** A folded name and what is left of it when one character is taken away: names within one edit share one of them. */
export function neighbourhood(folded: string): string[] {
  const keys = new Set([folded]);
  for (let i = 0; i < folded.length; i++) keys.add(folded.slice(0, i) + folded.slice(i + 1));
  return [...keys];
}

/** Whether one insertion, deletion, replacement or exchange of neighbours makes one name of the other. */
export function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  const [restA, restB] = [a.slice(from), b.slice(from)];
  if (restA === "" || restB === "") return true;
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
