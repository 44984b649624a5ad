const WHOLE =
  ' Our ids have 26 characters: the terminal of npm start shows six of them, the files in logs/ of the data folder all.';

/** What to say more of a wrong word that was copied from where ids are cut: they end in dots there. */
export const cutIdHint = (typed: string): string => (/(^|\/)[a-z2-7]{6}…$/.test(typed) ? WHOLE : '');

/** The same of what is not there: six characters may be such an id without the dots. */
export const missingIdHint = (typed: string): string => (/(^|\/)[a-z2-7]{6}$/.test(typed) ? WHOLE : '');
